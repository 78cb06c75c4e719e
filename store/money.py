"""Money: integer minor units with a currency (ISO 4217 exponents); unit prices in integer millionths."""

import re
from dataclasses import dataclass

MILLIONTHS = 1_000_000
_EXPONENTS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3} | dict.fromkeys(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
)
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}
_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?\Z")
_WHOLE_DIGITS = 12
"""With six decimal places this many still fit the store's 64-bit integers."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: `Money(4820, "GBP")` is £48.20."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return shown(self)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return other.minor


@dataclass(frozen=True, slots=True)
class NotMoney:
    """Why a text is not an amount of this currency."""

    text: str
    reason: str


def exponent(currency: str) -> int:
    """The number of decimal places of a currency: 0, 2 or 3 (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def currencies_of(places: int) -> list[str]:
    """The currencies whose decimal places are not the usual two."""
    return sorted(currency for currency, number in _EXPONENTS.items() if number == places)


def parse(text: str, currency: str) -> Money | NotMoney:
    """Decimal text such as `-12.5` as money; more places than the currency has must be zeros."""
    minor = parse_scaled(text, exponent(currency))
    return minor if isinstance(minor, NotMoney) else Money(minor, currency)


def parse_millionths(text: str) -> int | NotMoney:
    """Decimal text of a unit price, rate or quantity as integer millionths."""
    return parse_scaled(text, 6)


def parse_scaled(text: str, places: int) -> int | NotMoney:
    """Decimal text as an integer of `places` decimal places, exactly or not at all."""
    match = _DECIMAL.match(text)
    if match is None:
        return NotMoney(text, "not a decimal number such as 1234.50")
    sign, whole, fraction = match[1], match[2].lstrip("0") or "0", match[3] or ""
    if len(whole) > _WHOLE_DIGITS:
        return NotMoney(text, f"more than {_WHOLE_DIGITS} digits before the decimal point")
    if fraction[places:].strip("0"):
        return NotMoney(text, f"more than {places} decimal places")
    number = int(whole + fraction[:places].ljust(places, "0"))
    return -number if sign else number


def decimal_text(scaled: int, places: int) -> str:
    """The inverse of `parse_scaled`: 123450 with 2 places is `1234.50`."""
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def decimal(money: Money) -> str:
    """An amount as files and addresses have it, without its currency: 1234.50."""
    return decimal_text(money.minor, exponent(money.currency))


def shown(money: Money) -> str:
    """The amount as people read it in en-GB: £1,234.50, -£3.00, KWD 1.250."""
    whole, _, fraction = decimal_text(abs(money.minor), exponent(money.currency)).partition(".")
    number = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    symbol = sign(money.currency)
    apart = "\N{NO-BREAK SPACE}" if symbol.isalpha() else ""
    return ("\N{MINUS SIGN}" if money.minor < 0 else "") + symbol + apart + number


def sign(currency: str) -> str:
    """What stands for a currency in English: £, or its code."""
    return _SYMBOLS.get(currency, currency)


def round_millionths(millionths: int, currency: str) -> Money:
    """A price in millionths as money, halves away from zero."""
    unit = MILLIONTHS // 10 ** exponent(currency)
    minor = (abs(millionths) + unit // 2) // unit
    return Money(-minor if millionths < 0 else minor, currency)

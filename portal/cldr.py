"""CLDR: how a place writes numbers, amounts and days, by Unicode's data; looked up once a place, then remembered.

Where CLDR and the house style differ for English, the house style stands: a true minus sign, plain currency signs,
three letters for each month.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    get_minus_sign_symbol,
)

from store import money

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Numerals:
    """The signs of a place's numbers; digits are grouped by `nearest` first, then by `further`."""

    decimal: str
    group: str
    minus: str
    nearest: int
    further: int

    def number(self, whole: int, fraction: str = "") -> str:
        """1,234.50 of 1234 and "50"."""
        return self._grouped(whole) + (self.decimal + fraction if fraction else "")

    def _grouped(self, whole: int) -> str:
        if self.nearest == self.further == 3:
            text = f"{whole:,}"
            return text if self.group == "," else text.replace(",", self.group)
        text, groups = str(whole), []
        size = self.nearest
        while len(text) > size > 0:
            groups.append(text[-size:])
            text, size = text[:-size], self.further
        return self.group.join([text, *reversed(groups)])


@dataclass(frozen=True, slots=True)
class Affixes:
    """What stands before and behind a number, above zero and below."""

    before: str
    behind: str
    before_negative: str
    behind_negative: str

    def around(self, number: str, *, negative: bool) -> str:
        """The number with its sign and unit."""
        if negative:
            return self.before_negative + number + self.behind_negative
        return self.before + number + self.behind


def is_english(locale: Locale) -> bool:
    """Whether the house style stands above CLDR."""
    return locale.language == "en"


@lru_cache(maxsize=32)
def numerals(locale: Locale) -> Numerals:
    """The signs of a place's numbers."""
    nearest, further = locale.decimal_formats[None].grouping
    return Numerals(
        get_decimal_symbol(locale),
        get_group_symbol(locale),
        MINUS if is_english(locale) else get_minus_sign_symbol(locale),
        nearest,
        further,
    )


@lru_cache(maxsize=256)
def currency(locale: Locale, code: str) -> Affixes:
    """How a place writes amounts of a currency."""
    sign = money.sign(code) if is_english(locale) else get_currency_symbol(code, locale)
    return _affixes(locale, locale.currency_formats["standard"], "¤", sign)


@lru_cache(maxsize=32)
def percent(locale: Locale) -> Affixes:
    """How a place writes percentages."""
    return _affixes(locale, locale.percent_formats[None], "%", "%")


@lru_cache(maxsize=4096)
def day(locale: Locale, day: date, form: str) -> str:
    """A day in one of CLDR's forms: long, medium, or a skeleton such as `yMMMM`; its parts stay together."""
    if form == "medium" and is_english(locale):
        text = f"{day.day} {_english_month(locale, day)} {day.year}"
    elif form == "MMM":
        text = _english_month(locale, day) if is_english(locale) else format_date(day, "LLL", locale)
    elif form in ("long", "medium"):
        text = format_date(day, form, locale)
    else:
        text = format_skeleton(form, day, locale=locale)
    return text.replace(" ", NO_BREAK)


def _english_month(locale: Locale, day: date) -> str:
    return format_date(day, "LLL", locale)[:3]


def _affixes(locale: Locale, pattern: object, mark: str, sign: str) -> Affixes:
    before, before_negative = pattern.prefix  # type: ignore[attr-defined]
    behind, behind_negative = pattern.suffix  # type: ignore[attr-defined]
    minus = numerals(locale).minus

    def leading(text: str) -> str:
        text = text.replace("-", minus).replace(mark, sign)
        return text + NO_BREAK if text[-1:].isalpha() else text

    def trailing(text: str) -> str:
        return text.replace("-", minus).replace(mark, sign)

    return Affixes(leading(before), trailing(behind), leading(before_negative), trailing(behind_negative))

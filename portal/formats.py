"""Formats: how amounts, dates, times and durations are written for people (en-GB)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from store import money
from store.money import Money

_THIN = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class LocalTime:
    """An instant on the wall clock of a zone; `mark` is the zone's name in an hour that comes twice."""

    day: str
    clock: str
    mark: str
    iso: str


def amount(value: Money) -> str:
    """£1,234.50"""
    return money.shown(value)


def whole_amount(value: Money) -> str:
    """£1,200: an amount without its pence, for the lines of a chart."""
    shown = money.shown(value)
    return shown.partition(".")[0] if money.exponent(value.currency) else shown


def price(millionths: int, currency: str = "") -> str:
    """A charge in millionths to four places: £0.0325; without a currency the number alone."""
    ten_thousandths = (abs(millionths) + 50) // 100
    whole, fraction = divmod(ten_thousandths, 10_000)
    symbol = money.shown(Money(0, currency)).rstrip("0.") if currency else ""
    sign = "\N{MINUS SIGN}" if millionths < 0 and ten_thousandths else ""
    return f"{sign}{symbol}{whole:,}.{fraction:04}"


def unit_price(millionths: int, currency: str) -> str:
    """The price of one: £10.00, £0.0325; to four places where two do not do."""
    text = price(millionths, currency)
    return text.removesuffix("00")


def charge(millionths: int, currency: str) -> str:
    """A sum of charges in millionths, rounded as money is: £48.20."""
    return money.shown(money.round_millionths(millionths, currency))


def quantity(millionths: int) -> str:
    """A quantity without the zeros it does not need: 3, 1.5."""
    whole, _, fraction = money.decimal_text(abs(millionths), 6).partition(".")
    fraction = fraction.rstrip("0")
    number = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    return ("\N{MINUS SIGN}" if millionths < 0 else "") + number


def rate(millionths: int) -> str:
    """A rate in millionths of a percent: 20%, 17.5%."""
    return f"{quantity(millionths)}%"


def long_date(day: date) -> str:
    """22 November 2026"""
    return f"{day.day}{_THIN}{day:%B}{_THIN}{day.year}"


def short_date(day: date) -> str:
    """22 Nov 2026"""
    return f"{day.day}{_THIN}{day:%b}{_THIN}{day.year}"


def period(first: date | None, last: date | None) -> str:
    """1 to 30 Nov 2026, as short as it can be said."""
    if first is None or last is None:
        return short_date(day) if (day := first or last) else ""
    if first == last:
        return short_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {short_date(last)}"
    if first.year == last.year:
        return f"{first.day}{_THIN}{first:%b} to {short_date(last)}"
    return f"{short_date(first)} to {short_date(last)}"


def month(day: date) -> str:
    """November 2026"""
    return f"{day:%B}{_THIN}{day.year}"


def duration(seconds: int) -> str:
    """00:03:41"""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def volume(size: int) -> str:
    """A volume of data: 512 B, 1.2 MB, 3.4 GB."""
    number, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    text = f"{number:.0f}" if unit == "B" or number >= 100 else f"{number:.1f}"
    return f"{text}{_THIN}{unit}"


def local_time(instant: datetime, zone: ZoneInfo) -> LocalTime:
    """An instant by the zone's clock; in the hour that a clock change repeats, said which of the two."""
    local = instant.astimezone(zone)
    mark = (local.tzname() or "") if is_repeated(local) else ""
    return LocalTime(short_date(local.date()), f"{local:%H:%M:%S}", mark, local.isoformat())


def is_repeated(local: datetime) -> bool:
    """Whether this wall-clock time comes twice on its day."""
    return local.replace(fold=0).utcoffset() > local.replace(fold=1).utcoffset()  # type: ignore[operator]


def relative(instant: datetime, now: datetime) -> str:
    """in 40 seconds, in 3 minutes, 2 hours ago."""
    away = instant - now
    seconds = int(abs(away) / timedelta(seconds=1))
    if seconds == 0:
        return "now"
    number, unit = next((seconds // size, unit) for size, unit in _UNITS if seconds >= size)
    words = f"{number}{_THIN}{unit}{'' if number == 1 else 's'}"
    return f"in {words}" if away > timedelta() else f"{words} ago"


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))

"""Formats: how amounts, dates, times and durations are written for people, as is the custom where their language is."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_interval, format_time, format_timedelta
from babel.units import format_unit

from portal import cldr
from portal.cldr import NO_BREAK
from portal.words import _, language
from store import money
from store.money import Money


@dataclass(frozen=True, slots=True)
class LocalTime:
    """An instant on the wall clock of a zone; `mark` is the zone's name in an hour that comes twice."""

    day: str
    clock: str
    mark: str
    iso: str


def amount(value: Money) -> str:
    """£1,234.50"""
    return _amount(value.minor, money.exponent(value.currency), value.currency)


def whole_amount(value: Money) -> str:
    """£1,200: an amount without its pence, for the lines of a chart."""
    unit = 10 ** money.exponent(value.currency)
    whole = abs(value.minor) // unit
    return _amount(-whole if value.minor < 0 else whole, 0, value.currency)


def price(millionths: int, currency: str = "") -> str:
    """A charge in millionths to four places: £0.0325; without a currency the number alone."""
    ten_thousandths = (abs(millionths) + 50) // 100
    return _amount(-ten_thousandths if millionths < 0 else ten_thousandths, 4, currency)


def unit_price(millionths: int, currency: str) -> str:
    """The price of one: £10.00, £0.0325; to four places where two do not do."""
    ten_thousandths = (abs(millionths) + 50) // 100
    places, rest = (2, ten_thousandths // 100) if ten_thousandths % 100 == 0 else (4, ten_thousandths)
    return _amount(-rest if millionths < 0 else rest, places, currency)


def charge(millionths: int, currency: str) -> str:
    """A sum of charges in millionths, rounded as money is: £48.20."""
    return amount(money.round_millionths(millionths, currency))


def quantity(millionths: int) -> str:
    """A quantity without the zeros it does not need: 3, 1.5."""
    numerals = cldr.numerals(language().locale)
    return (numerals.minus if millionths < 0 else "") + _quantity(millionths)


def rate(millionths: int) -> str:
    """A rate in millionths of a percent: 20%, 17.5%."""
    affixes = cldr.percent(language().locale)
    return affixes.around(_quantity(millionths), negative=millionths < 0)


def number(count: int) -> str:
    """A number of things: 1,234."""
    numerals = cldr.numerals(language().locale)
    return (numerals.minus if count < 0 else "") + numerals.number(abs(count))


def long_date(day: date) -> str:
    """22 November 2026"""
    return cldr.day(language().locale, _only_day(day), "long")


def short_date(day: date) -> str:
    """22 Nov 2026"""
    return cldr.day(language().locale, _only_day(day), "medium")


def period(first: date | None, last: date | None) -> str:
    """1 to 30 Nov 2026, as short as it can be said."""
    if first is None or last is None:
        return short_date(day) if (day := first or last) else ""
    if first == last:
        return short_date(first)
    locale = language().locale
    if not cldr.is_english(locale):
        return str(format_interval(first, last, "yMMMd", locale=locale)).replace(" ", NO_BREAK)
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    elif first.year == last.year:
        begin = f"{first.day}{NO_BREAK}{month_name(first)}"
    else:
        begin = short_date(first)
    return _("%(first)s to %(last)s", first=begin, last=short_date(last))


def month(day: date) -> str:
    """November 2026"""
    return cldr.day(language().locale, _only_day(day), "yMMMM")


def month_name(day: date) -> str:
    """Nov"""
    return cldr.day(language().locale, _only_day(day), "MMM")


def duration(seconds: int) -> str:
    """00:03:41"""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def span(*, days: int = 0, hours: int = 0, minutes: int = 0) -> str:
    """A span of time in a sentence: 7 days, 1 hour, 30 minutes."""
    for count, unit in ((days, "duration-day"), (hours, "duration-hour"), (minutes, "duration-minute")):
        if count:
            return format_unit(count, unit, locale=language().locale)
    raise ValueError("a span of nothing")


def volume(size: int) -> str:
    """A volume of data: 512 B, 1.2 MB, 3.4 GB."""
    left, unit = float(size), "byte"
    for larger in ("kilobyte", "megabyte", "gigabyte", "terabyte"):
        if left < 1000:
            break
        left, unit = left / 1000, larger
    whole, _point, fraction = (f"{left:.0f}" if unit == "byte" or left >= 100 else f"{left:.1f}").partition(
        "."
    )
    locale = language().locale
    return _volume(cldr.numerals(locale).number(int(whole), fraction), unit, locale)


def local_time(instant: datetime, zone: ZoneInfo) -> LocalTime:
    """An instant by the zone's clock; in the hour that a clock change repeats, said which of the two."""
    local = instant.astimezone(zone)
    mark = (local.tzname() or "") if is_repeated(local) else ""
    return LocalTime(short_date(local), clock(local), mark, local.isoformat())


def clock(local: datetime) -> str:
    """13:05:09"""
    return _clock(local, "medium", "%H:%M:%S")


def time_of_day(local: datetime) -> str:
    """13:05"""
    return _clock(local, "short", "%H:%M")


def is_repeated(local: datetime) -> bool:
    """Whether this wall-clock time comes twice on its day."""
    return local.replace(fold=0).utcoffset() > local.replace(fold=1).utcoffset()  # type: ignore[operator]


def relative(instant: datetime, now: datetime) -> str:
    """in 40 seconds, in 3 minutes, 2 hours ago."""
    away = instant - now
    seconds = int(abs(away) / timedelta(seconds=1))
    if seconds == 0:
        return _("now")
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    whole = seconds // size * size
    return _relative(whole if away > timedelta() else -whole, unit, language().locale)


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_AFTER_DIGIT = re.compile(r"(?<=[0-9]) ")


def _amount(scaled: int, places: int, code: str) -> str:
    """An integer of so many decimal places as an amount; without a currency as a number."""
    locale = language().locale
    whole, fraction = divmod(abs(scaled), 10**places)
    numerals = cldr.numerals(locale)
    text = numerals.number(whole, f"{fraction:0{places}}" if places else "")
    if not code:
        return (numerals.minus if scaled < 0 else "") + text
    return cldr.currency(locale, code).around(text, negative=scaled < 0)


def _quantity(millionths: int) -> str:
    whole, fraction = divmod(abs(millionths), money.MILLIONTHS)
    return cldr.numerals(language().locale).number(whole, f"{fraction:06}".rstrip("0"))


def _only_day(day: date) -> date:
    """A day that is looked up by its date alone."""
    return day.date() if isinstance(day, datetime) else day


def _clock(local: datetime, form: str, twenty_four: str) -> str:
    locale = language().locale
    if "H" in locale.time_formats[form].pattern:
        return f"{local:{twenty_four}}"
    return format_time(local.replace(tzinfo=None), form, locale=locale)


@lru_cache(maxsize=1024)
def _volume(text: str, unit: str, locale: Locale) -> str:
    if unit == "byte" and cldr.is_english(locale):
        return f"{text}{NO_BREAK}B"
    return format_unit(text, f"digital-{unit}", "short", locale=locale).replace(" ", NO_BREAK)


@lru_cache(maxsize=1024)
def _relative(seconds: int, unit: str, locale: Locale) -> str:
    words = format_timedelta(
        timedelta(seconds=seconds),
        granularity=unit,  # type: ignore[arg-type]
        threshold=float("inf"),
        add_direction=True,
        locale=locale,
    )
    return _AFTER_DIGIT.sub(NO_BREAK, words)

"""Months: civil months of a zone and the instants at which they begin and end; their days in addresses."""

from datetime import MAXYEAR, MINYEAR, date, datetime
from zoneinfo import ZoneInfo

_FIRST, _LAST = 12 * MINYEAR, 12 * MAXYEAR + 11


def of(instant: datetime, zone: ZoneInfo) -> date:
    """The first day of the month in which an instant falls."""
    return instant.astimezone(zone).date().replace(day=1)


def earlier(day: date, count: int) -> date:
    """The first day of the month `count` months before `day`'s, as far as there are years; negative: after."""
    number = min(max(day.year * 12 + day.month - 1 - count, _FIRST), _LAST)
    return date(number // 12, number % 12 + 1, 1)


def bounds(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants between which a month lasts: its local midnights."""
    return midnight(month, zone), midnight(earlier(month, -1), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def parse(text: str) -> date | None:
    """`2026-11` as the first day of that month."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def parse_day(text: str) -> date | None:
    """`2026-11-22` as the day; None for what is none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def text(month: date) -> str:
    """The inverse of `parse`."""
    return f"{month:%Y-%m}"

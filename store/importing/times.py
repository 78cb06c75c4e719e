"""Times: civil dates and instants, ISO 8601 or what is declared; nothing that could be two things is taken."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from store.importing.cells import Parse
from store.importing.refusal import Refused, quoted
from store.importing.source import SourceFormat

REMEMBERED_MINUTES = 100_000
_SECONDS = {f"{second:02}": second for second in range(60)}
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]\Z")
_SLASHED = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?:[ T]([0-9]{1,2}):([0-9][0-9])(?::([0-9][0-9]))?)?\Z"
)
_SLASHED_ANY = re.compile(r"[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{2,4}")


def day(source: SourceFormat) -> Parse:
    """A civil date as ISO text."""

    def parse(cell: str) -> str:
        if _ISO_DATE.match(cell):
            return _date(cell, *map(int, cell.split("-"))).isoformat()
        found = _SLASHED.match(cell)
        if found and not found[4] and source.dates == "dmy":
            return _date(cell, int(found[3]), int(found[2]), int(found[1])).isoformat()
        raise Refused(_not_a_date(cell, source, "2026-11-22"))

    return parse


def _date(cell: str, year: int, month: int, day_: int) -> date:
    try:
        return date(year, month, day_)
    except ValueError:
        raise Refused(f"{quoted(cell)} is no day of the calendar") from None


def _not_a_date(cell: str, source: SourceFormat, example: str) -> str:
    if _SLASHED_ANY.match(cell):
        if source.dates == "dmy":
            return f"{quoted(cell)} is not day/month/year with four digits for the year"
        return f"{quoted(cell)} is not ISO ({example}); if this file has day-first dates, say --dates dmy"
    return f"{quoted(cell)} is not an ISO date such as {example}"


def instant(source: SourceFormat) -> Parse:
    """An instant as whole seconds since 1970; what differs by its seconds only is worked out once."""
    minutes: dict[str, int] = {}

    def parse(cell: str) -> int:
        second = _SECONDS.get(cell[17:19], -1)
        minute = minutes.get(cell[:17] + cell[19:])
        if minute is not None and second >= 0:
            return minute + second
        at = _instant(cell, source)
        if second >= 0 and cell[13] == cell[16] == ":" and len(minutes) < REMEMBERED_MINUTES:
            minutes[cell[:17] + cell[19:]] = at - second
        return at

    return parse


def _instant(cell: str, source: SourceFormat) -> int:
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        found = _slashed_instant(cell, source)
    if found.tzinfo is None:
        found = _in_zone(cell, found, source.zone)
    return int(found.timestamp() // 1)


def _slashed_instant(cell: str, source: SourceFormat) -> datetime:
    found = _SLASHED.match(cell)
    if found is None or not found[4] or source.dates != "dmy":
        raise Refused(_not_a_date(cell, source, "2026-11-22T09:30:00Z"))
    day_, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day_, hour, minute, second)
    except ValueError:
        raise Refused(f"{quoted(cell)} is no time of the calendar") from None


def _in_zone(cell: str, local: datetime, zone: ZoneInfo | None) -> datetime:
    if len(cell) <= 10:
        raise Refused(f"{quoted(cell)} has no time of day")
    if zone is None:
        raise Refused(f"{quoted(cell)} has no offset; add Z or +01:00, or say --zone Europe/London")
    first, second = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise Refused(f"{quoted(cell)} does not exist in {zone.key}: the clocks go forward; give the offset")
    raise Refused(f"{quoted(cell)} happens twice in {zone.key}: the clocks go back; give the offset")

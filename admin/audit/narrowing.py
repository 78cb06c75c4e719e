"""Narrowing: who, what, which thing and when, as they stand in the address of the activity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.links import link
from store.audit import Place

LONGEST = 254
_DAY_LENGTH = 10
_NOT_A_DAY = "is not a date. Use the form 2026-11-22."


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What was asked for, as it was typed; `faults` say which of it could not be understood."""

    who: str = ""
    what: str = ""
    thing: str = ""
    since: str = ""
    until: str = ""
    after: Place | None = None
    faults: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        return any((self.who, self.what, self.thing, self.since, self.until))

    def days(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """The first instant of the first day, and the first one after the last; days are of the place."""
        first, last = _day(self.since), _day(self.until)
        return (
            _midnight(first, zone) if first else None,
            _midnight(last + timedelta(days=1), zone) if last and last < date.max else None,
        )

    def url(self, path: str, after: Place | None = None) -> str:
        """An address with the same narrowing, which goes on after a place."""
        values = {
            "who": self.who,
            "what": self.what,
            "thing": self.thing,
            "from": self.since,
            "to": self.until,
        }
        return link(path, **values, after=_text(after) if after else "")


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address."""
    typed = {name: query.get(name, "").strip()[:LONGEST] for name in ("who", "what", "thing", "from", "to")}
    faults = tuple(
        f"\N{LEFT DOUBLE QUOTATION MARK}{typed[name]}\N{RIGHT DOUBLE QUOTATION MARK} {_NOT_A_DAY}"
        for name in ("from", "to")
        if typed[name] and _day(typed[name]) is None
    )
    return Narrowing(
        who=typed["who"],
        what=typed["what"],
        thing=typed["thing"],
        since=typed["from"],
        until=typed["to"],
        after=_place(query.get("after", "")),
        faults=faults,
    )


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if len(text) == _DAY_LENGTH else None
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # at the ends of the calendar
        return None


def _text(place: Place) -> str:
    return f"{round(place.at.timestamp() * 1000)}.{place.id}"


def _place(text: str) -> Place | None:
    at, _, number = text.partition(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < 15 for part in (at, number)):
        return None
    return Place(datetime.fromtimestamp(int(at) / 1000, UTC), int(number))

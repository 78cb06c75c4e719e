"""Narrowing: which month, line and type the list of calls shows, as it stands in its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from portal import months
from portal.calls import places
from portal.links import with_query
from store.call_filter import Filter, Type
from store.calls import Call, Cursor

PATH = "/calls"
_LONGEST_LINE = 40


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address asks for; `month` None: the last one with calls."""

    month: date | None
    cli: str
    type: Type | None
    after: Cursor | None

    @property
    def first_url(self) -> str:
        """The first page of the same filters."""
        return with_query(PATH, self._values())

    def older_url(self, shown: list[Call]) -> str:
        """The page that follows these calls."""
        return places.older_url(PATH, shown, **self._values())

    def filter(self, month: date, zone: ZoneInfo) -> Filter:
        """The filter for the store."""
        first_at, last_at = months.bounds(month, zone)
        return Filter(first_at, last_at, self.cli, self.type)

    def _values(self) -> dict[str, object]:
        return {
            "month": months.text(self.month) if self.month else "",
            "cli": self.cli,
            "type": self.type.value if self.type else "",
        }


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address; what it does not understand it leaves out."""
    kind = query.get("type", "")
    return Narrowing(
        month=months.parse(query.get("month", "")),
        cli=query.get("cli", "").strip()[:_LONGEST_LINE],
        type=Type(kind) if kind in {one.value for one in Type} else None,
        after=places.parse(query.get("after", "")),
    )

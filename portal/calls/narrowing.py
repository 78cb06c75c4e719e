"""Narrowing: which calls the list shows, as it stands in its address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from portal import months
from portal.calls import places
from portal.links import with_query
from store.call_filter import Filter, Type
from store.calls import Call, Cursor

PATH = "/calls"
_LONGEST = 200
"""As long as the names that calls come with."""
_GIVEN = ("group", "destination", "cost_centre")
"""Filters for which an empty value is one: calls of which it is not known."""
NOTHING = "~"
"""How an address names that value."""
DIRECTIONS = ("outbound", "inbound")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address asks for; `month` None: the last one with calls. Days are of that month."""

    month: date | None = None
    first: date | None = None
    last: date | None = None
    cli: str = ""
    type: Type | None = None
    group: str | None = None
    destination: str | None = None
    cost_centre: str | None = None
    direction: str = ""
    in_bundle: bool | None = None
    invoiced: bool | None = None
    number: str = ""
    words: str = ""
    after: Cursor | None = None

    @property
    def first_url(self) -> str:
        """The first page of the same filters."""
        return self.url(PATH)

    @property
    def is_narrowed(self) -> bool:
        """Whether calls of the month are left out."""
        return replace(self, month=None, after=None) != Narrowing()

    @property
    def is_special(self) -> bool:
        """Whether one of the filters is set that are folded away."""
        rare = (
            self.first,
            self.last,
            self.direction,
            self.in_bundle,
            self.invoiced,
            self.cost_centre,
            self.number,
        )
        return any(each is not None and each != "" for each in (*rare, self.destination))

    def url(self, path: str, **values: object) -> str:
        """Another form of the same list, or the same with other filters."""
        return with_query(path, {**self._values(), **values})

    def older_url(self, shown: list[Call]) -> str:
        """The page that follows these calls."""
        return places.older_url(PATH, shown, **self._values())

    def within(self, month: date) -> tuple[date, date]:
        """The first and the last day of the month that are asked for."""
        end = months.earlier(month, -1) - timedelta(days=1)
        first, last = self.first or month, self.last or end
        if not (month <= first <= last <= end):
            return month, end
        return first, last

    def filter(self, month: date, zone: ZoneInfo, *, lists_free: bool) -> Filter:
        """The filter for the store."""
        first, last = self.within(month)
        return Filter(
            first_at=months.midnight(first, zone),
            last_at=months.midnight(last + timedelta(days=1), zone),
            cli=self.cli,
            type=self.type,
            group=self.group,
            destination=self.destination,
            cost_centre=self.cost_centre,
            direction=self.direction,
            in_bundle=self.in_bundle,
            invoiced=self.invoiced,
            number=self.number,
            words=self.words,
            lists_free=lists_free,
        )

    def _values(self) -> dict[str, object]:
        given = {
            name: NOTHING if value == "" else value
            for name in _GIVEN
            if (value := getattr(self, name)) is not None
        }
        return {
            "month": months.text(self.month) if self.month else "",
            "first": self.first,
            "last": self.last,
            "cli": self.cli,
            "type": self.type.value if self.type else "",
            **given,
            "direction": self.direction,
            "bundle": _yes_no(self.in_bundle),
            "invoiced": _yes_no(self.invoiced),
            "number": self.number,
            "words": self.words,
        }


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address; what it does not understand it leaves out."""
    kind, direction = query.get("type", ""), query.get("direction", "")
    return Narrowing(
        month=months.parse(query.get("month", "")),
        first=months.parse_day(query.get("first", "")),
        last=months.parse_day(query.get("last", "")),
        cli=query.get("cli", "").strip()[:_LONGEST],
        type=Type(kind) if kind in {one.value for one in Type} else None,
        group=_given(query, "group"),
        destination=_given(query, "destination"),
        cost_centre=_given(query, "cost_centre"),
        direction=direction if direction in DIRECTIONS else "",
        in_bundle=_maybe(query.get("bundle", "")),
        invoiced=_maybe(query.get("invoiced", "")),
        number=query.get("number", "").strip()[:_LONGEST],
        words=query.get("words", "").strip()[:_LONGEST],
        after=places.parse(query.get("after", "")),
    )


def _given(query: Mapping[str, str], name: str) -> str | None:
    text = query.get(name, "").strip()[:_LONGEST]
    return None if not text else ("" if text == NOTHING else text)


def _maybe(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else ("yes" if value else "no")

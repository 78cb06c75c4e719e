"""Narrowing: the filters and the place of the invoice list, as they stand in its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal import months
from portal.links import link
from store import money
from store.invoices import Cursor, Filter, Invoice, Show
from store.money import NotMoney

PATH = "/invoices"
_LONGEST_SEARCH = 60
_LONGEST_CENTRE = 200
"""As long as lines may name one."""
_PLACES = 3
"""Of the amounts that are compared: the smallest coins are thousandths."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address of the list asks for; what it does not understand it leaves out."""

    filter: Filter
    after: Cursor | None
    year: int | None = None
    """The whole year that was chosen, where days were not."""
    least: str = ""
    most: str = ""
    """The amounts as they were typed."""

    @property
    def is_narrowed(self) -> bool:
        return self.filter != Filter()

    @property
    def is_special(self) -> bool:
        """Whether one of the filters is set that are folded away."""
        by_days = self.year is None and (self.filter.first or self.filter.last)
        return bool(by_days or self.least or self.most or self.filter.cost_centre)

    @property
    def first_url(self) -> str:
        """The first page of the same filters."""
        return self.url(PATH)

    def url(self, path: str) -> str:
        """Another form of the same list."""
        return link(path, **self._values())

    def older_url(self, last: Invoice) -> str:
        """The page that follows `last`."""
        return link(PATH, **self._values(), after=f"{last.issued_on.isoformat()}~{last.number}")

    def _values(self) -> dict[str, object]:
        show = self.filter.show
        days = self.year is None
        return {
            "show": "" if show is Show.ALL else show.value,
            "year": self.year,
            "first": self.filter.first if days else None,
            "last": self.filter.last if days else None,
            "search": self.filter.search,
            "least": self.least,
            "most": self.most,
            "cost_centre": self.filter.cost_centre,
        }


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address; days that are given stand above a year."""
    show = query.get("show", "")
    first, last = months.parse_day(query.get("first", "")), months.parse_day(query.get("last", ""))
    year = None if first or last else _year(query.get("year", ""))
    if year:
        first, last = date(year, 1, 1), date(year, 12, 31)
    (least, least_text), (most, most_text) = (_amount(query.get(name, "")) for name in ("least", "most"))
    chosen = Filter(
        show=Show(show) if show in {one.value for one in Show} else Show.ALL,
        first=first,
        last=last,
        search=query.get("search", "").strip()[:_LONGEST_SEARCH],
        least=least,
        most=most,
        cost_centre=query.get("cost_centre", "").strip()[:_LONGEST_CENTRE],
    )
    return Narrowing(chosen, _cursor(query.get("after", "")), year, least_text, most_text)


def _year(text: str) -> int | None:
    right = len(text) == 4 and text.isascii() and text.isdigit() and text != "0000"
    return int(text) if right else None


def _amount(text: str) -> tuple[int | None, str]:
    """An amount in thousandths, and as it was typed; pounds and commas may be typed along."""
    typed = text.strip()
    found = money.parse_scaled(typed.replace(",", "").lstrip("£€$ "), _PLACES)
    return (None, "") if isinstance(found, NotMoney) or found < 0 else (found, typed)


def _cursor(text: str) -> Cursor | None:
    day, _, number = text.partition("~")
    try:
        return Cursor(date.fromisoformat(day), number) if number else None
    except ValueError:
        return None

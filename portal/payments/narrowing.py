"""Narrowing: the filters and the place of the list of payments, as they stand in its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.links import link
from store.payments import Cursor, Filter, Payment, Show

PATH = "/payments"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address of the list asks for; what it does not understand it leaves out."""

    filter: Filter
    after: Cursor | None

    @property
    def is_narrowed(self) -> bool:
        return self.filter != Filter()

    @property
    def first_url(self) -> str:
        """The first page of the same filters."""
        return link(PATH, **self._values())

    @property
    def csv_url(self) -> str:
        """All of the same filters as CSV."""
        return link(f"{PATH}/all.csv", **self._values())

    def older_url(self, last: Payment) -> str:
        """The page that follows `last`."""
        return link(PATH, **self._values(), after=f"{last.paid_on.isoformat()}~{last.public_id}")

    def _values(self) -> dict[str, object]:
        show = self.filter.show
        return {"show": "" if show is Show.ALL else show.value, "year": self.filter.year}


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address."""
    show, year = query.get("show", ""), query.get("year", "")
    chosen = Filter(
        show=Show(show) if show in {one.value for one in Show} else Show.ALL,
        year=int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None,
    )
    return Narrowing(chosen, _cursor(query.get("after", "")))


def _cursor(text: str) -> Cursor | None:
    day, _, public_id = text.partition("~")
    try:
        return Cursor(date.fromisoformat(day), public_id) if public_id else None
    except ValueError:
        return None

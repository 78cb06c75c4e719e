"""Narrowing: what is chosen to be mailed, and places in lists, as they stand in addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.links import link
from store.mailable import Cursor, Filter, Invoice

LONGEST_SEARCH = 100
LONGEST_ID = 15


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address of the list asks for; what it does not understand it leaves out."""

    filter: Filter
    after: Cursor | None

    @property
    def is_narrowed(self) -> bool:
        return self.filter != Filter()

    def first_url(self, path: str) -> str:
        """The first page of the same filter."""
        return link(path, **self._values())

    def older_url(self, path: str, last: Invoice) -> str:
        """The page that follows `last`."""
        return link(path, **self._values(), after=f"{last.issued_on.isoformat()}~{last.number}")

    def _values(self) -> dict[str, object]:
        chosen = self.filter
        return {"search": chosen.search, "run": chosen.batch_id, "new": "1" if chosen.not_had else ""}


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address."""
    chosen = Filter(
        search=query.get("search", "").strip()[:LONGEST_SEARCH],
        batch_id=number(query.get("run", "")),
        not_had=query.get("new") == "1",
    )
    return Narrowing(chosen, _cursor(query.get("after", "")))


def number(text: str) -> int | None:
    """The id that a text is, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def _cursor(text: str) -> Cursor | None:
    day, _, found = text.partition("~")
    try:
        return Cursor(date.fromisoformat(day), found) if found else None
    except ValueError:
        return None

"""Narrowing: the filter and the place of the list of messages, as they stand in its address."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.links import link
from store.outbox import State
from store.outbox_lists import Filter

LONGEST_SEARCH = 100
LONGEST_ID = 15


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address of the list asks for; what it does not understand it leaves out."""

    filter: Filter
    before: int | None

    @property
    def is_narrowed(self) -> bool:
        return self.filter != Filter()

    def first_url(self, path: str) -> str:
        """The first page of the same filter."""
        return link(path, **self._values())

    def older_url(self, path: str, last: int) -> str:
        """The page that follows the message `last`."""
        return link(path, **self._values(), before=last)

    def _values(self) -> dict[str, object]:
        state = self.filter.state
        return {"state": state.value if state else "", "search": self.filter.search}


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address."""
    state = query.get("state", "")
    chosen = Filter(
        state=State(state) if state in {each.value for each in State} else None,
        search=query.get("search", "").strip()[:LONGEST_SEARCH],
    )
    return Narrowing(chosen, number(query.get("before", "")))


def number(text: str) -> int | None:
    """The id that a text is, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None

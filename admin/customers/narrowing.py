"""Narrowing: what the list of customers is searched, filtered and sorted by, as it stands in its address."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.links import link
from store.customers import Place, Search, Show, Sort

LONGEST_SEARCH = 100
_LONGEST_ID = 15


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an address asks for; what it does not understand it leaves out."""

    search: Search
    after: Place | None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search.text) or self.search.show is not Show.ALL

    @property
    def values(self) -> dict[str, str]:
        """What of it stands in an address."""
        search = self.search
        sort = "" if search.sort is Sort.NAME else search.sort.value
        return {"search": search.text, "show": search.show.value, "sort": sort}

    def url(self, path: str, after: Place | None = None) -> str:
        """The list with the same narrowing, from a place on."""
        return link(path, **self.values, after=f"{after.account_id}~{after.key}" if after else "")


def parse(query: Mapping[str, str]) -> Narrowing:
    """The narrowing of an address, or of a form that carries one along."""
    show, sort = query.get("show", ""), query.get("sort", "")
    search = Search(
        text=query.get("search", "").strip()[:LONGEST_SEARCH],
        show=Show(show) if show in {one.value for one in Show} else Show.ALL,
        sort=Sort(sort) if sort in {one.value for one in Sort} else Sort.NAME,
    )
    return Narrowing(search, _place(query.get("after", "")))


def number(text: str) -> int | None:
    """An id as digits; None: it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def _place(text: str) -> Place | None:
    account_id, tilde, key = text.partition("~")
    found = number(account_id)
    return Place(key, found) if tilde and found is not None else None

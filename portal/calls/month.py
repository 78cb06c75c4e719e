"""Month: what the page shows of one month: its sums, its days, its groups and a page of its calls."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.calls import windows
from portal.calls.narrowing import Narrowing
from portal.visit import Visit
from portal.words import N_
from store import call_sums, calls, number_names, rollups
from store.call_filter import Filter
from store.calls import Call
from store.rollups import DIMENSIONS, NUMBER, Ranked, Rollup, Tally

PAGE = 20
TOP = 8
"""Rows of the list and of a group: a page stays below 50 kB with its style sheet."""
COUNTED = 5000
"""Calls of a month that are counted for a page that two filters narrow; of more no sum is said."""
ALL = 500
"""So many values of one group are shown at most."""
PART = 100
"""And so many on one page."""
GROUPS = (
    ("cli", N_("By line"), N_("Line"), "cli"),
    ("destination", N_("By destination"), N_("Destination"), "destination"),
    ("group", N_("By kind of destination"), N_("Kind of destination"), "group"),
    (NUMBER, N_("By number called"), N_("Number"), "number"),
    ("cost_centre", N_("By cost centre"), N_("Cost centre"), "cost_centre"),
)
"""Dimension, title, head of its column, and the filter of an address that shows its calls."""
OWN = frozenset({"cli", "cost_centre"})
"""What is shown of calls that are not listed one by one: whose they were, not where they went."""


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one dimension, the dearest first."""

    dimension: str
    title: str
    head: str
    filter: str
    rollups: list[Ranked]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """What the calls that are shown come to in one currency, and day by day where that is known."""

    currency: str
    tally: Tally
    days: dict[int, Tally]


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of a month; `sums` None: they would have to be counted, which words are not worth."""

    calls: list[Call]
    has_more: bool
    sums: list[Sum] | None
    groups: list[Group]
    names: dict[str, str]
    clis: list[str]
    kinds: list[str]
    uninvoiced: list[Rollup]


def shown(
    db: sqlite3.Connection, visit: Visit, chosen: Narrowing, month: date, generation: int, itemised: bool
) -> Shown:
    """The page of a month whose sums stand for this generation."""
    key = visit.organisation_id, visit.account_id
    wanted = chosen.filter(month, visit.zone, lists_free=visit.portal.list_free_calls)
    found = _page(db, visit, chosen, wanted, month, generation) if itemised else []
    groups = [] if chosen.is_narrowed or chosen.after else _groups(db, visit, month, generation, TOP)
    clis, kinds = (rollups.known(db, *key, month, (generation, name), ALL) for name in ("cli", "group"))
    numbers = {call.number for call in found} | {call.cli for call in found}
    numbers |= {rollup.value for group in groups for rollup in group.rollups}
    return Shown(
        calls=found[:PAGE],
        has_more=len(found) > PAGE,
        sums=_sums(db, visit, chosen, wanted, month, generation),
        groups=groups if itemised else [group for group in groups if group.dimension in OWN],
        names=number_names.of_numbers(db, *key, numbers),
        clis=sorted({*clis, chosen.cli} - {""}),
        kinds=sorted({*kinds, chosen.group or ""} - {""}),
        uninvoiced=rollups.find(db, *key, month, (generation, "invoiced", "0")),
    )


def group(db: sqlite3.Connection, visit: Visit, month: date, generation: int, dimension: str) -> Group | None:
    """All of one dimension, as far as it is kept."""
    for name, title, head, filter_ in GROUPS:
        if name == dimension:
            key = visit.organisation_id, visit.account_id
            found = rollups.top(db, *key, month, (generation, name), ALL + 1)
            return Group(name, title, head, filter_, found[:ALL], len(found) > ALL)
    return None


def _groups(db: sqlite3.Connection, visit: Visit, month: date, generation: int, limit: int) -> list[Group]:
    key = visit.organisation_id, visit.account_id
    found = []
    for name, title, head, filter_ in GROUPS:
        ranked = rollups.top(db, *key, month, (generation, name), limit + 1)
        if any(rollup.value for rollup in ranked):
            found.append(Group(name, title, head, filter_, ranked[:limit], len(ranked) > limit))
    return found


def _page(
    db: sqlite3.Connection, visit: Visit, chosen: Narrowing, wanted: Filter, month: date, generation: int
) -> list[Call]:
    """Where a filter is set, only there is looked where the rarest of its values has calls."""
    key = visit.organisation_id, visit.account_id
    rarest = _rarest(db, visit, wanted, month, generation)
    spans = None if rarest is None else windows.of_rollups(rarest)
    if spans is None:
        return calls.page(db, *key, wanted, chosen.after, PAGE + 1)
    return calls.in_windows(db, *key, wanted, spans, after=chosen.after, limit=PAGE + 1)


def _rarest(
    db: sqlite3.Connection, visit: Visit, wanted: Filter, month: date, generation: int
) -> list[Rollup] | None:
    key = visit.organisation_id, visit.account_id
    named = [
        rollups.find(db, *key, month, (generation, name, value)) for name, value in wanted.named().items()
    ]
    return min(named, key=lambda found: sum(rollup.tally.calls for rollup in found), default=None)


def _sums(
    db: sqlite3.Connection, visit: Visit, chosen: Narrowing, wanted: Filter, month: date, generation: int
) -> list[Sum] | None:
    key, named = (visit.organisation_id, visit.account_id), wanted.named()
    if chosen.words or chosen.number or len(named) > 1:
        everything = rollups.find(db, *key, month, (generation, "", ""))
        if chosen.words or sum(rollup.tally.calls for rollup in everything) > COUNTED:
            return None
        found = call_sums.of_filter(db, *key, wanted)
        return [Sum(one.currency, Tally(one.calls, one.seconds, 0, one.price), {}) for one in found]
    [(dimension, value)] = named.items() or [("", "")]
    first, last = chosen.within(month)
    days = {(first + timedelta(days=number)).day for number in range((last - first).days + 1)}
    found_rollups = rollups.find(db, *key, month, (generation, dimension, value))
    return [each for rollup in found_rollups if (each := _within(rollup, days)).tally.calls]


def _within(rollup: Rollup, days: set[int]) -> Sum:
    kept = {day: tally for day, tally in rollup.days.items() if day in days}
    return Sum(rollup.currency, _total(kept.values()), kept)


def _total(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for each in tallies:
        total.calls += each.calls
        total.seconds += each.seconds
        total.size += each.size
        total.price += each.price
    return total


assert {name for name, *_ in GROUPS} <= {*DIMENSIONS, NUMBER}

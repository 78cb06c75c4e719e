"""Bringing: items are read, what is wrong is taken out, and the rest is merged into batches and shown."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from store import organisations, retention
from store.importing import abandon
from store.importing.columns import Context
from store.importing.references import References
from store.importing.writer import opened
from store.instants import Clock
from store.row_batches.desk import EXACT, Desk
from store.row_batches.item import BatchRef, Brought, Item, Order, Outcome, Plan, Word
from store.row_batches.merging import Held, Merging
from store.row_batches.part import Part

TRIES = 5


class InTheWay(Exception):
    """Other imports took hold of the same rows again and again; nothing of this one is kept."""


class OrganisationGone(LookupError):
    """The organisation was removed meanwhile."""


def bring(store: Path, order: Order, plan: Plan, items: Sequence[Item], clock: Clock) -> Brought:
    """Bring items in; blocks for as long as it takes, in transactions of some milliseconds. `InTheWay`."""
    with opened(store) as writer:
        organisation = organisations.by_id(writer.db, order.organisation_id)
        if organisation is None:
            raise OrganisationGone
        abandon.clear_dead(writer, store, clock)
        references = References(writer.db, organisation.id, EXACT)
        kept_from = retention.kept_from(writer.db, organisation.id, clock())
        context = Context(EXACT, references, organisation.currency, calls_kept_from=kept_from)
        desk = Desk(writer, organisation.id, context)
        parts = plan(desk, items)
        with _places(store, len(parts)) as places:
            words, kept = _brought(desk, order, list(zip(parts, places, strict=True)), clock)
            return Brought(tuple(_outcome(desk, words, item) for item in range(len(items))), kept)


def _brought(
    desk: Desk, order: Order, parts: list[tuple[Part, Path]], clock: Clock
) -> tuple[dict[int, Word], tuple[BatchRef, ...]]:
    """Merge what is good; rows that turn out to be in somebody else's hands are refused, and the rest is merged."""
    for _ in range(TRIES):
        parts = _without_faults(desk, parts)
        if not parts:
            return {}, ()
        merging = Merging(desk.writer, order, len(desk.faults), clock)
        try:
            return merging.run(parts), merging.kept
        except Held as held:
            for origin, refusal in held.found:
                desk.refuse(origin.item, origin.prefix + refusal.column, refusal.reason)
    raise InTheWay


def _without_faults(desk: Desk, parts: list[tuple[Part, Path]]) -> list[tuple[Part, Path]]:
    """Parts of which every row may be merged: an item of which one row is refused goes as a whole."""
    while True:
        for part, _ in parts:
            part.drop(desk.faults.keys())
        parts = [(part, path) for part, path in parts if part.rows]
        before = len(desk.faults)
        for part, path in parts:
            for origin, refusal in part.faults(desk.writer, desk.organisation_id, path):
                desk.refuse(origin.item, origin.prefix + refusal.column, refusal.reason)
        if len(desk.faults) == before:
            return parts


@contextmanager
def _places(store: Path, count: int) -> Iterator[list[Path]]:
    """Where parts are staged; the files of a process that dies are removed by the next import."""
    token = secrets.token_hex(4)
    places = [abandon.side_path(store, f"{token}_{number}") for number in range(count)]
    try:
        yield places
    finally:
        for place in places:
            place.unlink(missing_ok=True)


def _outcome(desk: Desk, words: dict[int, Word], item: int) -> Outcome:
    if item in desk.faults:
        return Outcome("refused", tuple(desk.faults[item]))
    return Outcome(words[item])

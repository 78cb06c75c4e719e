"""Proposal: which of a file's columns is likely which of ours, by names that are the same, known or near."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from store.importing.columns import REQUIRED
from store.importing.kinds import KINDS
from store.importing.mapping import Mapping
from store.importing.other_names import OTHER_NAMES

NEAR = 0.82
"""How like two names must be; 1 is the same."""
SHORTEST_NEAR = 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to start from; `missing` must still be said, `unknown` would be ignored."""

    mapping: Mapping
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def propose(kind: str, header: Sequence[str]) -> Proposal:
    """The mapping of a header that looks right; each of its columns is used once, the surest first."""
    columns = KINDS[kind].columns
    free = {name: place for place, name in reversed(list(enumerate(header))) if name.strip()}
    found: dict[str, str] = {}
    for sure in (_same, _known, _near):
        for column in columns:
            if column.name not in found and (theirs := sure(kind, column.name, list(free))):
                found[column.name] = theirs
                del free[theirs]
    ordered = {column.name: found[column.name] for column in columns if column.name in found}
    return Proposal(
        Mapping(columns=ordered),
        missing=tuple(
            column.name for column in columns if column.default is REQUIRED and column.name not in found
        ),
        unknown=tuple(name for name in header if name in free),
    )


def squeezed(name: str) -> str:
    """A name as names are compared: accountReference, Account Reference and account_reference are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _same(kind: str, ours: str, theirs: list[str]) -> str | None:
    return next((name for name in theirs if squeezed(name) == squeezed(ours)), None)


def _known(kind: str, ours: str, theirs: list[str]) -> str | None:
    """By the names that other systems use, the most usual first."""
    names = {squeezed(name): name for name in reversed(theirs)}
    return next((names[other] for other in OTHER_NAMES[kind].get(ours, ()) if other in names), None)


def _near(kind: str, ours: str, theirs: list[str]) -> str | None:
    best = max(theirs, key=lambda name: _likeness(kind, ours, name), default=None)
    return best if best is not None and _likeness(kind, ours, best) >= NEAR else None


def _likeness(kind: str, ours: str, theirs: str) -> float:
    name = squeezed(theirs)
    if len(name) < SHORTEST_NEAR:
        return 0.0
    known = (squeezed(ours), *OTHER_NAMES[kind].get(ours, ()))
    return max(
        SequenceMatcher(None, name, other).ratio() if len(other) >= SHORTEST_NEAR else 0.0 for other in known
    )

"""Item: one thing that is given, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from store.row_batches.desk import Desk
    from store.row_batches.part import Part

Given = Mapping[str, str]
"""Cells by the name of their column; what is missing is empty."""
Word = Literal["added", "updated", "unchanged", "refused"]
Plan = Callable[["Desk", Sequence["Item"]], "list[Part]"]
"""Reads items into parts, one a kind of row, the things themselves first; what it refuses stands on the desk."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing by its key, with its cells and, where it has some, the cells of its parts."""

    key: str
    cells: Given
    parts: tuple[Given, ...] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which field."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item."""

    word: Word
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """For whom, by whom (as the audit writes it), from where, and whether it stays a draft."""

    organisation_id: int
    actor: str
    address: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class BatchRef:
    """A batch that was made."""

    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of each item, and the batches that were made; drafts are published in this order."""

    outcomes: tuple[Outcome, ...]
    batches: tuple[BatchRef, ...]

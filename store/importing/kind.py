"""Kind: what the import of one sort of file is: columns, key, checks across rows, and where its rows go."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from store.importing.columns import Column, Context
from store.importing.refusal import Refusal
from store.importing.writer import Writer

Row = tuple[object, ...]
BuildRow = Callable[[list[Any]], Row]
"""The values of a row's columns, in the kind's order -> what is staged of it; may raise `Refused`."""


@dataclass(frozen=True, slots=True)
class Target:
    """A table of the store that staged rows are merged into.

    `incoming` selects `seq`, `row`, `identity` and `content` from the side file (`side.staged`), which may be
    joined with the store's key tables. The standing row of the same identity is compared by `content`: the
    same stays, another is superseded. With `groups` (`seq`, `group_by`) the file holds the whole of each group
    that it mentions: standing rows that it lacks are superseded too.
    """

    table: str
    identity: tuple[str, ...]
    content: tuple[str, ...]
    incoming: str
    keys: str = ""
    """Run first on each range: makes missing rows of the key table."""
    group_by: str = ""
    groups: str = ""
    large_groups: bool = False
    """The table has an index by group and the second column of the identity."""
    staged: str = "staged"
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of CSV."""

    name: str
    columns: tuple[Column, ...]
    staged: tuple[str, ...]
    """The side table's columns after `row`, as `build` makes them."""
    key: tuple[str, ...]
    """Staged columns that two rows must not share."""
    key_name: str
    order: tuple[str, ...]
    """The order in which the rows are merged: that of the target's clustering."""
    build: Callable[[Context], BuildRow]
    targets: tuple[Target, ...]
    check: Callable[[sqlite3.Connection, Context], Iterator[Refusal]] | None = None
    """Checks across rows in the side file, once every row is good by itself; may make further tables there."""
    grouped_by: str = ""
    """The column by which rows belong together: the file holds all of each group, so a bad row spoils its group."""
    whole_groups: bool = False
    """Nothing but the file itself tells whether a group is whole: a row of no known group spoils all of them."""
    summary: str = ""
    """Selects, over the staged rows, the sums that a preview of the batch shows."""
    before: Callable[[Writer, int], None] | None = None
    """Run before the rows of an organisation are merged."""
    after: Callable[[Writer, int, int], int] | None = None
    """Run once they are merged into a batch, with the side file attached; how many rows it corrected."""
    clear: frozenset[str] | None = None
    """Columns in which long numbers may be kept of a refused row; None: in all. See `store.importing.masking`."""
    barred: frozenset[str] = frozenset()
    """Names of columns that must not be sent at all, without marks and capitals."""

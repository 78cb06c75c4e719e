"""Stage: a CSV goes row by row into a side file, checked, and is sorted there; the store is only asked."""

import csv
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from store.importing import good_rows
from store.importing.cells import plain_word
from store.importing.columns import MOST_COLUMNS, Context, Layout, layout
from store.importing.kind import Kind, Row
from store.importing.merge import Progress
from store.importing.refusal import Refusal, Refused
from store.importing.report import Refusals
from store.importing.text_file import NotText, Rows, opened_rows

log = logging.getLogger(__name__)

ROWS_A_REPORT = 2048
BARRED = "is not to be sent: no more is kept of an account than its last four digits; take the column out of the file"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was read whole: how many rows, and what is wrong with them."""

    read: int
    refusals: Refusals
    notices: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    """As it stands in the file."""
    usable: bool = False
    """Rows are staged that may be merged."""


def stage(
    file: Path, side_path: Path, kind: Kind, context: Context, progress: Progress, *, good: bool = False
) -> Staged:
    """Read, check and sort a file. Its rows are then in `staged` of the side file: all of them, or none; with
    `good` those that are good, and every fault in `refused`.
    """
    with closing(side_file(side_path)) as side, file.open("rb") as binary:
        reading = _Reading(binary, file.stat().st_size, kind, progress, side)
        usable = False
        try:
            reading.into(side, context)
            usable = not reading.refusals.kept or (good and reading.complete)
        except NotText as wrong:
            reading.refusals.add(Refusal(0, "", str(wrong)))
        if usable:
            progress("check", 0, 1)
            usable = _check_and_sort(side, kind, context, reading, good)
        reading.refusals.keep_in(None)
        return Staged(reading.read, reading.refusals, reading.notices, reading.header, usable)


def side_file(path: Path) -> sqlite3.Connection:
    """A private file of this process: nothing of it has to survive anything, nobody else may read it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return opened_side(path)


def opened_side(path: Path) -> sqlite3.Connection:
    """A side file that was made before."""
    side = sqlite3.connect(path, isolation_level=None)
    side.row_factory = sqlite3.Row
    for pragma in (
        "journal_mode = OFF",
        "synchronous = OFF",
        "locking_mode = EXCLUSIVE",
        "cache_size = -65536",
    ):
        side.execute(f"PRAGMA {pragma}").fetchall()
    return side


class _Reading:
    """One pass over a file."""

    def __init__(self, binary: BinaryIO, size: int, kind: Kind, progress: Progress, side: sqlite3.Connection):
        self.read = 0
        self.refusals = Refusals(side)
        self.notices: tuple[str, ...] = ()
        self.header: tuple[str, ...] = ()
        self.complete = False
        """Every row was seen, and of each group it is known whether all of it is good."""
        self.spoiled: dict[int, int] = {}
        """Groups of which a row is refused, with that row."""
        self._binary = binary
        self._size = size
        self._kind = kind
        self._progress = progress

    def into(self, side: sqlite3.Connection, context: Context) -> None:
        with opened_rows(self._binary, context.source) as rows:
            reader = self._cells_of(rows)
            found = self._layout(reader, context)
            if found is None:
                return
            self.complete = True
            columns = ", ".join(("row", *self._kind.staged))
            side.execute(f"CREATE TABLE raw ({columns})")
            side.execute("BEGIN")
            side.executemany(
                f"INSERT INTO raw VALUES ({', '.join('?' * (1 + len(self._kind.staged)))})",
                self._rows(reader, found, context),
            )
            side.execute("COMMIT")
        if self.read == 0 and not self.refusals.kept:
            self.notices = (*self.notices, "the file has a header and no rows")

    def _layout(self, reader: Iterator[list[str]], context: Context) -> Layout | None:
        header = next(reader, None)
        if header is None:
            if not self.refusals.kept:
                self.refusals.add(Refusal(0, "", "the file is empty"))
            return None
        self.header = tuple(header[:MOST_COLUMNS])
        found = layout(self._kind.columns, header, context)
        if isinstance(found, list):
            for refusal in found:
                self.refusals.add(refusal)
            return None
        barred = [name for name in found.unknown if plain_word(name) in self._kind.barred]
        for name in barred:
            self.refusals.add(Refusal(1, name, BARRED))
        if barred:
            return None
        if found.unknown:
            self.notices = ("columns that are not used: " + ", ".join(found.unknown),)
        return found

    def _rows(self, reader: Iterator[list[str]], found: Layout, context: Context) -> Iterator[Row]:
        build, pick, parsers = self._kind.build(context), found.pick, found.parsers
        width, extras = found.width, found.extras
        read = 0
        for number, cells in enumerate(reader, 2):
            if not number % ROWS_A_REPORT:
                self._progress("read", self._binary.tell(), self._size)
            if len(cells) != width:
                read += self._odd(number, cells, width)
                continue
            cells.extend(extras)
            try:
                row = (number, *build([parse(cell) for parse, cell in zip(parsers, pick(cells))]))  # noqa: B905
            except Refused as refused:
                if any(cells[:width]):
                    read += 1
                    self._refuse(number, cells, found, refused)
                continue
            read += 1
            yield row
        self.read = read
        self._progress("read", self._size, self._size)

    def _odd(self, number: int, cells: list[str], width: int) -> int:
        """A row of another length counts unless it is blank."""
        if not any(cell.strip() for cell in cells):
            return 0
        self.refusals.add(Refusal(number, "", f"has {len(cells)} cells, the header has {width}"))
        self.complete = self.complete and not self._kind.whole_groups
        return 1

    def _refuse(self, number: int, cells: list[str], found: Layout, refused: Refused) -> None:
        if refused.column:
            self.refusals.add(Refusal(number, found.theirs(refused.column), refused.reason))
        else:
            for refusal in found.faults(number, cells):
                self.refusals.add(refusal)
        if self._kind.grouped_by:
            self._spoil(number, found.value(self._kind.grouped_by, cells))

    def _spoil(self, number: int, thing: object) -> None:
        if thing is not None:
            self.spoiled.setdefault(getattr(thing, "id"), number)  # noqa: B009
        elif self._kind.whole_groups:
            self.complete = False

    def _cells_of(self, rows: Rows) -> Iterator[list[str]]:
        """The rows of a CSV; after broken quoting nothing can be told about the rest."""
        row = 0
        try:
            for row, cells in enumerate(rows, 1):  # noqa: B007
                yield cells
        except csv.Error as error:
            self.refusals.add(Refusal(row + 1, "", f"is not CSV from here on: {error}"))
            self.complete = False


def _check_and_sort(
    side: sqlite3.Connection, kind: Kind, context: Context, reading: _Reading, good: bool
) -> bool:
    refusals = reading.refusals
    if good:
        good_rows.drop_spoiled(side, kind, reading.spoiled, refusals)
        good_rows.drop_twice(side, kind, refusals)
    else:
        for twice in side.execute(_TWICE.format(key=", ".join(kind.key))):
            refusals.add(Refusal(twice["row"], kind.key_name, f"is the same as in row {twice['first']}"))
        if refusals.kept:
            return False
    log.info("sorting", extra={"kind": kind.name})
    columns = ", ".join(("row", *kind.staged))
    side.execute(f"CREATE TABLE staged (seq INTEGER PRIMARY KEY, {columns})")
    side.execute("BEGIN")
    side.execute(f"INSERT INTO staged ({columns}) SELECT {columns} FROM raw ORDER BY {', '.join(kind.order)}")
    side.execute("DROP TABLE raw")
    side.execute("COMMIT")
    if kind.check and good:
        good_rows.drop_staged(side, kind, context, kind.check(side, context), refusals)
    elif kind.check:
        for refusal in kind.check(side, context):
            refusals.add(refusal)
    return good_rows.any_staged(side) if good and refusals.kept else not refusals.kept


_TWICE = """
WITH twice AS (SELECT {key}, min(row) AS first FROM raw GROUP BY {key} HAVING count(*) > 1)
SELECT raw.row, twice.first FROM twice JOIN raw USING ({key}) WHERE raw.row > twice.first
ORDER BY raw.row LIMIT 100000"""

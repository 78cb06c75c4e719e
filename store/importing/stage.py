"""Stage: a CSV goes row by row into a side file, checked, and is sorted there; the store is only asked."""

import csv
import logging
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from store.importing.columns import Context, Layout, layout
from store.importing.kind import Kind, Row
from store.importing.merge import Progress
from store.importing.refusal import Refusal, Refused
from store.importing.report import Refusals
from store.importing.text_file import NotText, opened_text

log = logging.getLogger(__name__)

ROWS_A_REPORT = 2048


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was read whole: how many rows, and what is wrong with them."""

    read: int
    refusals: Refusals
    notices: tuple[str, ...] = ()


def stage(file: Path, side_path: Path, kind: Kind, context: Context, progress: Progress) -> Staged:
    """Read, check and sort a file; the rows of one without refusals are then in `staged` of the side file."""
    side = side_file(side_path)
    try:
        with file.open("rb") as binary:
            reading = _Reading(binary, file.stat().st_size, kind, progress)
            try:
                reading.into(side, context)
            except NotText as wrong:
                reading.refusals.add(Refusal(0, "", str(wrong)))
        if not reading.refusals.kept:
            progress("check", 0, 1)
            _check_and_sort(side, kind, context, reading.refusals)
        return Staged(reading.read, reading.refusals, reading.notices)
    finally:
        side.close()


def side_file(path: Path) -> sqlite3.Connection:
    """A private file of this process: nothing of it has to survive anything, nobody else may read it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
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

    def __init__(self, binary: BinaryIO, size: int, kind: Kind, progress: Progress):
        self.read = 0
        self.refusals = Refusals()
        self.notices: tuple[str, ...] = ()
        self._binary = binary
        self._size = size
        self._kind = kind
        self._progress = progress

    def into(self, side: sqlite3.Connection, context: Context) -> None:
        with opened_text(self._binary, context.source) as text:
            reader = _cells_of(csv.reader(text, strict=True), self.refusals)
            found = self._layout(reader, context)
            if found is None:
                return
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
        found = layout(self._kind.columns, header, context)
        if isinstance(found, list):
            for refusal in found:
                self.refusals.add(refusal)
            return None
        if found.unknown:
            self.notices = ("columns that are not used: " + ", ".join(found.unknown),)
        return found

    def _rows(self, reader: Iterator[list[str]], found: Layout, context: Context) -> Iterator[Row]:
        build, pick, parsers, width = self._kind.build(context), found.pick, found.parsers, found.width
        read = 0
        for number, cells in enumerate(reader, 2):
            if not number % ROWS_A_REPORT:
                self._progress("read", self._binary.tell(), self._size)
            if len(cells) != width:
                read += self._odd(number, cells, width)
                continue
            cells.append("")
            try:
                row = (number, *build([parse(cell) for parse, cell in zip(parsers, pick(cells))]))  # noqa: B905
            except Refused as refused:
                if any(cells):
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
        return 1

    def _refuse(self, number: int, cells: list[str], found: Layout, refused: Refused) -> None:
        if refused.column:
            self.refusals.add(Refusal(number, refused.column, refused.reason))
            return
        for refusal in found.faults(number, cells):
            self.refusals.add(refusal)


def _cells_of(reader: Iterator[list[str]], refusals: Refusals) -> Iterator[list[str]]:
    """The rows of a CSV; after broken quoting nothing can be told about the rest."""
    row = 0
    try:
        for row, cells in enumerate(reader, 1):  # noqa: B007
            yield cells
    except csv.Error as error:
        refusals.add(Refusal(row + 1, "", f"is not CSV from here on: {error}"))


def _check_and_sort(side: sqlite3.Connection, kind: Kind, context: Context, refusals: Refusals) -> None:
    key = ", ".join(kind.key)
    for twice in side.execute(_TWICE.format(key=key)):
        refusals.add(Refusal(twice["row"], kind.key_name, f"is the same as in row {twice['first']}"))
    if refusals.kept:
        return
    log.info("sorting", extra={"kind": kind.name})
    columns = ", ".join(("row", *kind.staged))
    side.execute(f"CREATE TABLE staged (seq INTEGER PRIMARY KEY, {columns})")
    side.execute("BEGIN")
    side.execute(f"INSERT INTO staged ({columns}) SELECT {columns} FROM raw ORDER BY {', '.join(kind.order)}")
    side.execute("DROP TABLE raw")
    side.execute("COMMIT")
    for refusal in kind.check(side, context) if kind.check else ():
        refusals.add(refusal)


_TWICE = """
WITH twice AS (SELECT {key}, min(row) AS first FROM raw GROUP BY {key} HAVING count(*) > 1)
SELECT raw.row, twice.first FROM twice JOIN raw USING ({key}) WHERE raw.row > twice.first
ORDER BY raw.row LIMIT 100000"""

"""Record: what an import writes down of itself: how far it is, the rows it refused, how it ended."""

import csv
import sqlite3
import zipfile
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from time import monotonic

from store import attempts, refused_rows
from store.attempts import Outcome
from store.importing.masking import masked
from store.importing.merge import Progress
from store.importing.pdf_source import Changed
from store.importing.refusal import Refusal, quoted
from store.importing.report import Report
from store.importing.source import SourceFormat
from store.importing.stage import opened_side
from store.importing.text_file import NotText, opened_rows
from store.importing.writer import Pace, Writer
from store.instants import Clock

SECONDS_A_REPORT = 1.0
LARGEST_KEPT = 64 * 2**20
"""Characters of refused cells that are kept of one attempt."""


class Record:
    """One attempt while it is made; without an id nothing is written into the store."""

    def __init__(
        self,
        writer: Writer,
        organisation_id: int,
        attempt_id: int | None,
        clock: Clock,
        refused_file: Path | None = None,
    ):
        self.attempt_id = attempt_id
        self._refused_file = refused_file
        self._writer = writer
        self._organisation_id = organisation_id
        self._clock = clock

    def progress(self, tell: Progress) -> Progress:
        """Tells on, and writes down now and then."""
        last = 0.0

        def told(phase: str, done: int, total: int) -> None:
            nonlocal last
            tell(phase, done, total)
            if self.attempt_id is not None and monotonic() - last > SECONDS_A_REPORT:
                last, at = monotonic(), (self._organisation_id, self.attempt_id)
                self._writer.write(lambda db: attempts.progress(db, *at, phase, done, total))

        return told

    def keep_refused(
        self,
        file: Path,
        side: Path,
        header: tuple[str, ...],
        source: SourceFormat,
        clear: Collection[int] | None = None,
    ) -> None:
        """Keep the refused rows of a CSV, as they stand there; but for `clear` places account numbers are masked."""
        if self.attempt_id is None and self._refused_file is None:
            return
        with closing(opened_side(side)) as faults:
            rows = _with_cells(file, source, _by_row(faults))
            if clear is not None:
                rows = ((number, reason, masked(cells, clear)) for number, reason, cells in rows)
            self.keep(header, rows, source.delimiter)

    def keep_refusals(self, header: tuple[str, ...], refusals: Iterable[Refusal]) -> None:
        """Keep refusals whose rows are one cell each: files by their names."""
        self.keep(header, ((each.row, each.reason, [each.column]) for each in refusals), ",")

    def keep(
        self, header: tuple[str, ...], rows: Iterable[tuple[int, str, list[str]]], delimiter: str
    ) -> None:
        """Keep rows (number, reason, cells), some at a time."""
        if self._refused_file is not None:
            rows = _also_into(self._refused_file, header, rows, delimiter)
        packed = _packed(rows)
        if self.attempt_id is None:
            deque(packed, maxlen=0)
            return
        at, pace = (self._organisation_id, self.attempt_id), Pace()
        self._writer.write(lambda db: attempts.keep_header(db, *at, header, delimiter))
        while some := list(islice(packed, pace.rows)):
            self._writer.write(lambda db, some=some: refused_rows.put(db, *at, some))  # type: ignore[misc]
            pace.took(len(some), self._writer.last_hold_seconds)

    def ended(self, report: Report, *, dry_run: bool) -> None:
        """Write down how it came out."""
        state: attempts.State = "checked" if dry_run else "imported" if report.batch_id else "refused"
        self._finish(
            Outcome(
                state,
                rows_read=report.read,
                rows_added=report.added,
                rows_changed=report.changed,
                rows_unchanged=report.unchanged,
                rows_superseded=report.superseded,
                rows_refused=report.refused,
                reason=_reason(report),
                notices=report.notices,
                batch_id=report.batch_id,
            )
        )

    def failed(self, error: BaseException) -> None:
        """Write down that it came to nothing."""
        self._finish(Outcome("failed", reason=in_words(error)))

    def _finish(self, outcome: Outcome) -> None:
        if self.attempt_id is not None:
            at = (self._organisation_id, self.attempt_id)
            self._writer.write(lambda db: attempts.finish(db, *at, outcome, self._clock()))


def in_words(error: BaseException) -> str:
    """Why an import failed, for whoever asked for it: what is wrong with the file, never our own inside."""
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return "the import was stopped"
    if isinstance(error, OSError):
        return error.strerror or "the file cannot be read"
    if isinstance(error, zipfile.BadZipFile | Changed):
        return str(error)
    return "something went wrong on our side; the log says what"


def _reason(report: Report) -> str:
    if not report.refusals:
        return ""
    first = report.refusals[0]
    row = f"row {first.row}" if first.row else ""
    where = ", ".join(part for part in (row, first.column and quoted(first.column)) if part)
    return f"{where}: {first.reason}" if where else first.reason


def _by_row(side: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Each refused row once, with all that is wrong with it."""
    found = side.execute("SELECT row, name, reason FROM refused WHERE row > 1 ORDER BY row, rowid")
    for row, faults in groupby(found, key=itemgetter(0)):
        yield row, "; ".join(f"{name}: {reason}" if name else reason for _, name, reason in faults)


def _with_cells(
    file: Path, source: SourceFormat, refused: Iterator[tuple[int, str]]
) -> Iterator[tuple[int, str, list[str]]]:
    """The refused rows beside their cells: the file is read once more, as far as is needed."""
    wanted = next(refused, None)
    with file.open("rb") as binary:
        try:
            with opened_rows(binary, source) as rows:
                for number, cells in enumerate(rows, 1):
                    if wanted is None:
                        break
                    if number == wanted[0]:
                        yield *wanted, cells
                        wanted = next(refused, None)
        except (csv.Error, NotText):
            pass
    while wanted is not None:
        yield *wanted, []
        wanted = next(refused, None)


def _also_into(
    file: Path, header: tuple[str, ...], rows: Iterable[tuple[int, str, list[str]]], delimiter: str
) -> Iterator[tuple[int, str, list[str]]]:
    """The rows as they come, and the CSV that can be mended; it begins with a mark that says UTF-8."""
    with file.open("w", encoding="utf-8-sig", errors="replace", newline="") as text:
        text.write(refused_rows.csv_header(header, delimiter))
        for row, reason, cells in rows:
            refused = refused_rows.RefusedRow(row, reason, tuple(cells))
            text.write(refused_rows.csv_line(header, refused, delimiter))
            yield row, reason, cells


def _packed(rows: Iterable[tuple[int, str, list[str]]]) -> Iterator[tuple[int, str, str]]:
    kept = 0
    for row, reason, cells in rows:
        text = refused_rows.packed(cells)
        kept += len(text)
        yield row, reason, text if kept <= LARGEST_KEPT else ""

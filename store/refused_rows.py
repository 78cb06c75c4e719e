"""Refused rows: what an import did not take, as it stood and why, to be mended and imported again."""

import csv
import io
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

REASON = "reason"
LONGEST_CELLS = 64 * 2**10
"""Of a longer row only its number and its fault are kept."""
KEPT_ATTEMPTS = 30
"""The newest attempts whose rows are kept; older ones' are removed bit by bit."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row as a spreadsheet counts, its cells as they stood (none: too long to be kept), and what is wrong."""

    row: int
    reason: str
    cells: tuple[str, ...]


def put(
    db: sqlite3.Connection, organisation_id: int, attempt_id: int, rows: Sequence[tuple[int, str, str]]
) -> None:
    """Keep rows (number, reason, cells as `packed` makes them) of an attempt."""
    db.executemany(
        "INSERT OR REPLACE INTO refused_rows (organisation_id, attempt_id, row, reason, cells)"
        " VALUES (?, ?, ?, ?, ?)",
        ((organisation_id, attempt_id, *row) for row in rows),
    )


def packed(cells: Sequence[str]) -> str:
    """Cells as the store keeps them; bytes that were no text become marks that say so."""
    if sum(map(len, cells)) > LONGEST_CELLS:
        return ""
    return json.dumps([cell.encode("utf-8", "replace").decode() for cell in cells], ensure_ascii=False)


def page(
    db: sqlite3.Connection, organisation_id: int, attempt_id: int, after_row: int = 0, limit: int = 200
) -> list[RefusedRow]:
    """Refused rows in the order of the file, after a row."""
    rows = db.execute(
        "SELECT row, reason, cells FROM refused_rows WHERE organisation_id = :organisation_id"
        " AND attempt_id = :attempt_id AND row > :after ORDER BY row LIMIT :limit",
        {
            "organisation_id": organisation_id,
            "attempt_id": attempt_id,
            "after": after_row,
            "limit": limit,
        },
    )
    return [
        RefusedRow(row["row"], row["reason"], tuple(json.loads(row["cells"])) if row["cells"] else ())
        for row in rows
    ]


def forget(db: sqlite3.Connection, organisation_id: int, attempt_id: int, limit: int = 200) -> bool:
    """Remove some rows of an attempt; False once none is left."""
    return _forget(db, organisation_id, "attempt_id = :attempt_id", {"attempt_id": attempt_id}, limit)


def forget_old(db: sqlite3.Connection, organisation_id: int, limit: int = 200) -> bool:
    """Remove some rows of attempts that are long past; False once none is left."""
    older = (
        "attempt_id < (SELECT coalesce(min(id), 0) FROM (SELECT id FROM attempts"
        " WHERE organisation_id = :organisation_id ORDER BY id DESC LIMIT :kept))"
    )
    return _forget(db, organisation_id, older, {"kept": KEPT_ATTEMPTS}, limit)


def csv_header(header: Sequence[str], delimiter: str = ",") -> str:
    """The first line of the download: the source's own columns, and the reason."""
    return _line([*map(safe_cell, header), _free_name(header)], delimiter)


def csv_line(header: Sequence[str], row: RefusedRow, delimiter: str = ",") -> str:
    """A row of the download; no cell of it is a formula to a spreadsheet."""
    cells = [*row.cells[: len(header)], *[""] * (len(header) - len(row.cells))]
    return _line([*map(safe_cell, cells), f"row {row.row}: {row.reason}"], delimiter)


def safe_cell(cell: str) -> str:
    """A cell that a spreadsheet shows as text: an apostrophe, which imports take off, keeps it from computing."""
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(cell):
        return "'" + cell
    return cell


def _is_number(cell: str) -> bool:
    """-12.50 is an amount; +44... would lose its plus."""
    return cell[0] == "-" and cell[1:].replace(".", "", 1).isdigit()


def _free_name(header: Sequence[str]) -> str:
    return REASON if REASON not in header else f"{REASON} ({len(header) + 1})"


def _line(cells: Sequence[str], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerow(cells)
    return text.getvalue()


def _forget(
    db: sqlite3.Connection, organisation_id: int, which: str, values: dict[str, int], limit: int
) -> bool:
    gone = db.execute(
        "DELETE FROM refused_rows WHERE (organisation_id, attempt_id, row) IN"
        " (SELECT organisation_id, attempt_id, row FROM refused_rows"
        f" WHERE organisation_id = :organisation_id AND {which} LIMIT :limit)",
        values | {"organisation_id": organisation_id, "limit": limit},
    )
    return gone.rowcount > 0

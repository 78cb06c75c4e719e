"""Good rows: bad ones are taken out of the side file, each with what belongs with it, and the good ones stay."""

import sqlite3
from collections.abc import Iterable, Mapping

from store.importing.columns import Context
from store.importing.kind import Kind
from store.importing.refusal import Refusal
from store.importing.report import Refusals


def drop_spoiled(
    side: sqlite3.Connection, kind: Kind, spoiled: Mapping[int, int], refusals: Refusals
) -> None:
    """Take out of `raw` the groups of which a row was refused already: group -> that row."""
    if spoiled:
        _begin(side)
        side.executemany("INSERT INTO spoiled VALUES (?, ?)", spoiled.items())
        _drop(side, kind, "raw", refusals)


def drop_twice(side: sqlite3.Connection, kind: Kind, refusals: Refusals) -> None:
    """Take out of `raw` rows that share a key: which of them is right cannot be told."""
    _begin(side)
    found = side.execute(_TWICE.format(key=", ".join(kind.key)))
    _note(
        side,
        (Refusal(row["row"], kind.key_name, f"is the same as in row {row['other']}") for row in found),
    )
    _spoil_groups(side, kind, "raw")
    _drop(side, kind, "raw", refusals)


def drop_staged(
    side: sqlite3.Connection, kind: Kind, context: Context, faults: Iterable[Refusal], refusals: Refusals
) -> None:
    """Take out of `staged` faulty rows, and number what is left without gaps."""
    _begin(side)
    _note(side, faults)
    _spoil_groups(side, kind, "staged")
    if _drop(side, kind, "staged", refusals):
        _renumber(side, kind)
        for fault in kind.check(side, context) if kind.check else ():
            raise AssertionError(f"{fault} once faulty groups are gone")


def any_staged(side: sqlite3.Connection) -> bool:
    """Whether a row is left."""
    return side.execute("SELECT 1 FROM staged LIMIT 1").fetchone() is not None


def _begin(side: sqlite3.Connection) -> None:
    side.execute("DROP TABLE IF EXISTS faulty")
    side.execute("DROP TABLE IF EXISTS spoiled")
    side.execute("CREATE TABLE faulty (row INTEGER PRIMARY KEY, name TEXT, reason TEXT)")
    side.execute("CREATE TABLE spoiled (id INTEGER PRIMARY KEY, by_row INTEGER)")


def _note(side: sqlite3.Connection, faults: Iterable[Refusal]) -> None:
    side.executemany(
        "INSERT OR IGNORE INTO faulty VALUES (?, ?, ?)",
        ((fault.row, fault.column, fault.reason) for fault in faults),
    )


def _spoil_groups(side: sqlite3.Connection, kind: Kind, table: str) -> None:
    if kind.grouped_by:
        group = kind.targets[0].group_by
        side.execute(
            f"INSERT INTO spoiled SELECT t.{group}, min(t.row) FROM {table} t JOIN faulty f ON f.row = t.row"
            f" GROUP BY t.{group}"
        )


def _drop(side: sqlite3.Connection, kind: Kind, table: str, refusals: Refusals) -> int:
    """Refuse what is faulty, and what belongs with it; how many rows that was."""
    if kind.grouped_by:
        side.execute(
            f"INSERT OR IGNORE INTO faulty SELECT t.row, ?, 'belongs with row ' || s.by_row || ', which is refused'"
            f" FROM {table} t JOIN spoiled s ON s.id = t.{kind.targets[0].group_by}",
            (kind.grouped_by,),
        )
    for row in side.execute("SELECT row, name, reason FROM faulty ORDER BY row"):
        refusals.add(Refusal(row["row"], row["name"], row["reason"]))
    return side.execute(f"DELETE FROM {table} WHERE row IN (SELECT row FROM faulty)").rowcount


def _renumber(side: sqlite3.Connection, kind: Kind) -> None:
    columns = ", ".join(("row", *kind.staged))
    side.execute(f"CREATE TABLE renumbered (seq INTEGER PRIMARY KEY, {columns})")
    side.execute(f"INSERT INTO renumbered ({columns}) SELECT {columns} FROM staged ORDER BY seq")
    side.execute("DROP TABLE staged")
    side.execute("ALTER TABLE renumbered RENAME TO staged")


_TWICE = """
WITH twice AS (
    SELECT {key}, min(row) AS first, max(row) AS last FROM raw GROUP BY {key} HAVING count(*) > 1)
SELECT raw.row, CASE WHEN raw.row = twice.first THEN twice.last ELSE twice.first END AS other
FROM twice JOIN raw USING ({key}) ORDER BY raw.row"""

"""Part: the rows of one kind in a request, staged in a side file as a CSV's rows are."""

from collections.abc import Iterable, Iterator, Set
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from store.importing.call_ids import SPAN_BITS
from store.importing.columns import Context
from store.importing.compare import conflicts
from store.importing.kind import Kind, Row
from store.importing.merge import attached
from store.importing.refusal import Refusal
from store.importing.stage import side_file
from store.importing.writer import Writer


class Origin(NamedTuple):
    """Which item a row is of, and what stands before its fields: `lines[2].`"""

    item: int
    prefix: str


class Touched(NamedTuple):
    """What merging did to the thing that a row is of."""

    item: int
    fresh: bool
    replaced: bool
    otherwise: bool


@dataclass(slots=True)
class Part:
    """Rows of one kind; `batch_kind` is the kind of the batch that they go into."""

    kind: Kind
    context: Context
    batch_kind: str
    rows: list[tuple[Origin, Row]] = field(default_factory=list)
    pieces: tuple[bytes, ...] = ()
    """Of the document whose row this is."""

    def values(self, row: Row, *names: str) -> tuple[object, ...]:
        """Some of a row's values by their staged names."""
        return tuple(row[self.kind.staged.index(name)] for name in names)

    def drop(self, items: Set[int]) -> None:
        """Take out the rows of these items."""
        self.rows = [(origin, row) for origin, row in self.rows if origin.item not in items]

    def split(self, items: Set[int], kind: Kind) -> "Part":
        """The rows of these items as a part of another kind with the same columns; they leave this one."""
        apart = [(origin, row) for origin, row in self.rows if origin.item in items]
        self.drop(items)
        return Part(kind, self.context, self.batch_kind, apart)

    def faults(self, writer: Writer, organisation_id: int, path: Path) -> Iterator[tuple[Origin, Refusal]]:
        """Stage the rows anew and say what is wrong with them together, and with whom they collide."""
        path.unlink(missing_ok=True)
        found = self._stage(path)
        if not found:
            with attached(writer, path):
                found = list(conflicts(writer, self.kind, organisation_id))
        yield from self.origins(found)

    def origins(self, refusals: Iterable[Refusal]) -> list[tuple[Origin, Refusal]]:
        """Which rows refusals are of."""
        return [(self.rows[refusal.row - 1][0], refusal) for refusal in refusals]

    def touched(self, writer: Writer, organisation_id: int, batch_id: int) -> list[Touched]:
        """What merging into a batch did to each thing, from the attached side file."""
        values = {"organisation": organisation_id, "batch": batch_id}
        return [
            Touched(self.rows[row["row"] - 1][0].item, *map(bool, tuple(row)[1:]))
            for row in writer.db.execute(_touched(self.kind), values)
        ]

    def _stage(self, path: Path) -> list[Refusal]:
        columns = ", ".join(("row", *self.kind.staged))
        with closing(side_file(path)) as side:
            side.execute("BEGIN")
            side.execute(f"CREATE TABLE raw ({columns})")
            side.executemany(
                f"INSERT INTO raw VALUES ({', '.join('?' * (1 + len(self.kind.staged)))})",
                ((number, *row) for number, (_, row) in enumerate(self.rows, 1)),
            )
            side.execute(f"CREATE TABLE staged (seq INTEGER PRIMARY KEY, {columns})")
            order = ", ".join(self.kind.order)
            side.execute(f"INSERT INTO staged ({columns}) SELECT {columns} FROM raw ORDER BY {order}")
            side.execute("COMMIT")
            return list(self.kind.check(side, self.context)) if self.kind.check else []


_MOVED = """EXISTS (SELECT 1 FROM call_ids k CROSS JOIN calls t ON t.organisation_id = k.organisation_id
    AND t.account_id = k.account_id AND t.started = k.started AND t.external_hash = k.external_hash
WHERE k.organisation_id = :organisation AND k.span IN ({0} - 1, {0}, {0} + 1)
AND k.external_hash = i.external_hash AND t.superseded_by = :batch)""".format(f"(i.started >> {SPAN_BITS})")
"""A call that stood at another customer or start under the same id."""


def _touched(kind: Kind) -> str:
    """One row a thing: of it, is something fresh or replaced in the first table, or touched in another?"""
    first, *others = kind.targets
    # A call is its whole identity; everything else is known by one id, which all tables of its kind have.
    known_by = first.identity if first.table == "calls" else first.identity[:1]
    same = " AND ".join(f"t.{name} = i.{name}" for name in known_by)

    def exists(table: str, condition: str) -> str:
        return f"EXISTS (SELECT 1 FROM {table} t WHERE t.organisation_id = :organisation AND {same} AND {condition})"

    replaced = exists(first.table, "t.superseded_by = :batch")
    if first.table == "calls":
        replaced += f" OR {_MOVED}"
    otherwise = [exists(other.table, ":batch IN (t.batch_id, t.superseded_by)") for other in others]
    return (
        f"SELECT min(i.row) AS row, {exists(first.table, 't.batch_id = :batch')},"
        f" {replaced}, {' OR '.join(otherwise) or '0'}"
        f" FROM ({first.incoming}) i GROUP BY {', '.join(f'i.{name}' for name in known_by)}"
    )

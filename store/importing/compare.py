"""Compare: what merging the staged rows would do; the store is only read."""

from collections.abc import Iterator

from store.importing.conflicts import conflict
from store.importing.kind import Kind, Target
from store.importing.merge import Merged, Progress, size
from store.importing.merge_sql import statements
from store.importing.refusal import Refusal
from store.importing.writer import Writer

ROWS_A_READ = 5000
_NO_BATCH = 0


def compare(writer: Writer, kind: Kind, organisation_id: int, progress: Progress) -> Merged:
    """The counts that `merge` would come to, from the attached side file."""
    target = kind.targets[0]
    rows, found = size(writer.db, target), [0, 0, 0]
    sql = statements(target)
    for values in _ranges(target, rows, organisation_id):
        for place, statement in enumerate(sql.counts):
            found[place] += writer.db.execute(statement, values).fetchone()[0]
        progress("compare", values["last"], rows)
    return Merged(rows - found[0], found[0], found[1], found[2])


def conflicts(writer: Writer, kind: Kind, organisation_id: int) -> Iterator[Refusal]:
    """Every staged row that a draft, or another import just now, has its hands on."""
    for target in kind.targets:
        sql = statements(target)
        for values in _ranges(target, size(writer.db, target), organisation_id):
            for row in writer.db.execute(sql.conflicts, values).fetchall():
                yield conflict(row, kind.key_name)


def _ranges(target: Target, rows: int, organisation_id: int) -> Iterator[dict[str, int]]:
    for after in range(0, rows, ROWS_A_READ):
        yield {
            "organisation": organisation_id,
            "batch": _NO_BATCH,
            "after": after,
            "last": min(after + ROWS_A_READ, rows),
            "total": rows,
        }

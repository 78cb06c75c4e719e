"""The statements that merge a range of staged rows into a table; `:after < seq <= :last` is the range."""

from dataclasses import dataclass
from typing import Protocol


class Into(Protocol):
    """What the statements need to know of a `Target`."""

    @property
    def table(self) -> str: ...
    @property
    def identity(self) -> tuple[str, ...]: ...
    @property
    def content(self) -> tuple[str, ...]: ...
    @property
    def incoming(self) -> str: ...
    @property
    def group_by(self) -> str: ...
    @property
    def groups(self) -> str: ...
    @property
    def staged(self) -> str: ...
    @property
    def large_groups(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Statements:
    """SQL with the parameters organisation, batch, after, last and total."""

    touched: str
    """A row if anything in the store has to be compared with this range."""
    conflicts: str
    """Rows (row, batch_id) that a draft, or another import just now, has its hands on."""
    supersede: tuple[str, ...]
    """Standing rows of other content; then, where the file holds whole groups, those that it lacks."""
    insert: str
    insert_untouched: str
    counts: tuple[str, ...]
    """How many rows stand already as they are, would be changed, and would be superseded as the file lacks them."""


def standing(alias: str) -> str:
    """Whether a row is what customers see: its batch is published, the one that supersedes it is not."""
    return (
        f"EXISTS (SELECT 1 FROM batches b WHERE b.id = {alias}.batch_id AND b.state = 'published')"
        f" AND NOT EXISTS"
        f" (SELECT 1 FROM batches b WHERE b.id = {alias}.superseded_by AND b.state = 'published')"
    )


def statements(target: Into) -> Statements:
    """All statements for one target."""
    same = _joined(target.identity)
    insert = _insert(target)
    return Statements(
        touched=_touched(target),
        conflicts=_conflicts(target),
        supersede=(_changed(target), *([_missing(target)] if target.group_by else [])),
        insert=f"""{insert}
AND NOT EXISTS (SELECT 1 FROM {target.table} t
    WHERE {same} AND {standing("t")} AND t.superseded_by IS NOT :batch)
ORDER BY i.seq""",
        insert_untouched=f"{insert} ORDER BY i.seq",
        counts=(
            f"SELECT count(*) FROM {_compared(target, 'IS')}",
            f"SELECT count(*) FROM {_compared(target, 'IS NOT')}",
            *([f"SELECT count(*) FROM {_lacking(target)}"] if target.group_by else []),
        ),
    )


_LOWEST, _HIGHEST = "-9223372036854775808", "x''"
"""Below and above every number and text, as SQLite orders them."""
_RANGE = "i.seq > :after AND i.seq <= :last"


def _joined(columns: tuple[str, ...]) -> str:
    return " AND ".join(["t.organisation_id = :organisation", *(f"t.{name} = i.{name}" for name in columns)])


def _listed(columns: tuple[str, ...], alias: str = "") -> str:
    return ", ".join(f"{alias}{name}" for name in columns)


def _groups(target: Into) -> str:
    """One row a group, or a row, of the range."""
    if not target.group_by:
        return f"(SELECT * FROM ({target.incoming}) i WHERE {_RANGE})"
    if target.groups:
        return f"(SELECT i.* FROM ({target.groups}) i WHERE {_RANGE})"
    group, second, staged = target.group_by, target.identity[1], f"side.{target.staged}"
    return f"""(SELECT i.{group}, min(i.row) AS row,
    coalesce((SELECT a.{second} FROM {staged} a WHERE a.seq = :after AND a.{group} = i.{group}), {_LOWEST}) AS low,
    CASE WHEN EXISTS (SELECT 1 FROM {staged} n WHERE n.seq = :last + 1 AND n.{group} = i.{group})
        THEN max(i.{second}) ELSE {_HIGHEST} END AS high
FROM {staged} i WHERE {_RANGE} GROUP BY i.{group})"""


def _matched(target: Into) -> str:
    """Rows of the store that a range has to do with: of its identities, or of its groups."""
    columns = (target.group_by,) if target.group_by else target.identity
    return f"{_groups(target)} i CROSS JOIN {target.table} t ON {_joined(columns)}{_between(target)}"


def _between(target: Into) -> str:
    """A group may be divided among ranges: each looks at what lies between its first row and its last, the first
    range at all before, the last at all after. Groups that are given apart are one row each.
    """
    if target.groups or not target.group_by:
        return ""
    # An index by the second column alone must not be chosen for this: the plus keeps it off.
    second = f"{'' if target.large_groups else '+'}t.{target.identity[1]}"
    return f" AND {second} > i.low AND {second} <= i.high"


def _touched(target: Into) -> str:
    return f"SELECT 1 FROM {_matched(target)} LIMIT 1"


def _conflicts(target: Into) -> str:
    return f"""
SELECT i.row, b.id AS batch_id, b.state FROM {_matched(target)}
JOIN batches b ON b.id IN (t.batch_id, t.superseded_by)
WHERE b.state IN ('draft', 'staging') AND b.id <> :batch ORDER BY i.row"""


def _changed(target: Into) -> str:
    """Standing rows of the same identity and other content."""
    return _supersede(target, _compared(target, "IS NOT"))


def _missing(target: Into) -> str:
    """Standing rows of the range's groups that the file lacks."""
    return _supersede(target, _lacking(target))


def _compared(target: Into, comparison: str) -> str:
    return f"""({target.incoming}) i CROSS JOIN {target.table} t ON {_joined(target.identity)}
WHERE {_RANGE} AND {standing("t")} AND t.superseded_by IS NOT :batch
AND ({_listed(target.content, "t.")}) {comparison} ({_listed(target.content, "i.")})"""


def _lacking(target: Into) -> str:
    return f"""{_matched(target)}
WHERE {standing("t")} AND t.superseded_by IS NOT :batch
AND ({_listed(target.identity, "t.")}) NOT IN
    (SELECT {_listed(target.identity, "i.")} FROM ({target.incoming}) i WHERE {_RANGE})"""


def _supersede(target: Into, found: str) -> str:
    """Clustered tables have no id: their rows are found by their whole key."""
    if target.table == "calls":
        key = (*target.identity, "batch_id")
        return f"""UPDATE calls SET superseded_by = :batch WHERE organisation_id = :organisation
AND ({_listed(key)}) IN (SELECT {_listed(key, "t.")} FROM {found})"""
    return f"UPDATE {target.table} SET superseded_by = :batch WHERE id IN (SELECT t.id FROM {found})"


def _insert(target: Into) -> str:
    columns = (*target.identity, *target.content)
    return f"""INSERT INTO {target.table} (organisation_id, batch_id, {_listed(columns)})
SELECT :organisation, :batch, {_listed(columns, "i.")} FROM ({target.incoming}) i WHERE {_RANGE}"""

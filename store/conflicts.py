"""Conflicts: details that both the source and the customer changed; until an admin decides, the customer's stand."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

from store import account_edit_log
from store.accounts import EDITABLE
from store.instants import from_ms, maybe_instant

Keep = Literal["customer", "source"]


class Verdict(Enum):
    """What an import means for a customer's own value."""

    STANDS = "stands"
    """The source says what it said before."""
    DISSOLVES = "dissolves"
    """The source says what the customer said."""
    CONFLICT = "conflict"
    """The source says a third thing."""


def verdict(before: str, now: str, value: str) -> Verdict:
    """What becomes of a customer's value, by what the source said before and says now."""
    if now == value:
        return Verdict.DISSOLVES
    return Verdict.STANDS if now == before else Verdict.CONFLICT


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of a customer: what the source said, what it says now and since which batch, what the customer says."""

    account_id: int
    reference: str
    name: str
    field: str
    before: str
    now: str
    value: str
    user: str
    """The e-mail address of who edited it; empty when that user is gone."""
    edited_at: datetime
    batch_id: int
    file_name: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: the conflict after which it goes on."""

    account_id: int
    field: str


def count(db: sqlite3.Connection, organisation_id: int) -> int:
    """How many wait for a decision."""
    values = {"organisation_id": organisation_id}
    return int(db.execute(f"SELECT count(*) FROM ({_CONFLICTS})", values).fetchone()[0])


def page(
    db: sqlite3.Connection, organisation_id: int, after: Cursor | None = None, limit: int = 50
) -> list[Conflict]:
    """Conflicts by customer and field, from a place on."""
    rows = db.execute(
        f"SELECT * FROM ({_CONFLICTS}) WHERE (account_id, field) > (:account_id, :field)"
        " ORDER BY account_id, field LIMIT :limit",
        {
            "organisation_id": organisation_id,
            "account_id": after.account_id if after else 0,
            "field": after.field if after else "",
            "limit": limit,
        },
    )
    return [_conflict(row) for row in rows]


def find(db: sqlite3.Connection, organisation_id: int, account_id: int, field: str) -> Conflict | None:
    """The conflict about a customer's field, if there is one."""
    row = db.execute(
        f"SELECT * FROM ({_CONFLICTS}) WHERE account_id = :account_id AND field = :field",
        {"organisation_id": organisation_id, "account_id": account_id, "field": field},
    ).fetchone()
    return _conflict(row) if row else None


def resolve(
    db: sqlite3.Connection, organisation_id: int, shown: Conflict, keep: Keep, *, actor: str, now: datetime
) -> bool:
    """Decide a conflict as it was shown; False, and nothing done, if it is another one by now. The caller audits."""
    found = find(db, organisation_id, shown.account_id, shown.field)
    if found is None or (found.before, found.now, found.value) != (shown.before, shown.now, shown.value):
        return False
    key = {"organisation_id": organisation_id, "account_id": found.account_id, "field": found.field}
    if keep == "customer":
        db.execute(f"UPDATE account_edits SET imported_value = :now {_KEY}", key | {"now": found.now})
        return True
    db.execute(f"DELETE FROM account_edits {_KEY}", key)
    change = account_edit_log.Change(found.account_id, found.field, found.now, found.value, actor)
    account_edit_log.add(db, organisation_id, change, now)
    return True


def resolve_some(
    db: sqlite3.Connection, organisation_id: int, keep: Keep, *, actor: str, now: datetime, limit: int = 50
) -> list[Conflict]:
    """Decide the first conflicts alike; none once there are none. For all of them, in steps; the caller audits."""
    found = page(db, organisation_id, limit=limit)
    for conflict in found:
        resolve(db, organisation_id, conflict, keep, actor=actor, now=now)
    return found


def agreed(db: sqlite3.Connection, organisation_id: int, limit: int = 200) -> list[tuple[int, str, int]]:
    """Edits whose value the source says too (account, field, the batch that says it), not dissolved yet."""
    rows = db.execute(_AGREED, {"organisation_id": organisation_id, "limit": limit})
    return [(row["account_id"], row["field"], row["batch_id"]) for row in rows]


def dissolve(db: sqlite3.Connection, organisation_id: int, found: list[tuple[int, str, int]]) -> None:
    """End edits that are `agreed`, for as long as those batches are published."""
    db.executemany(
        f"UPDATE account_edits SET dissolved_by = :batch_id {_KEY}",
        (
            {
                "organisation_id": organisation_id,
                "account_id": account_id,
                "field": field,
                "batch_id": batch_id,
            }
            for account_id, field, batch_id in found
        ),
    )


_KEY = "WHERE organisation_id = :organisation_id AND account_id = :account_id AND field = :field"
_NOW = "CASE e.field " + " ".join(f"WHEN '{field}' THEN v.{field}" for field in EDITABLE) + " END"
_JOINED = f"""
SELECT e.account_id, e.field, e.value, e.imported_value, e.user_id, e.edited_at, v.reference, v.name, v.batch_id,
    {_NOW} AS now
FROM live_account_edits e
JOIN visible_accounts v ON v.organisation_id = e.organisation_id AND v.account_id = e.account_id
WHERE e.organisation_id = :organisation_id"""
_CONFLICTS = f"""
SELECT j.*, u.email, b.file_name, b.published_at FROM ({_JOINED}) j
JOIN batches b ON b.organisation_id = :organisation_id AND b.id = j.batch_id
LEFT JOIN users u ON u.organisation_id = :organisation_id AND u.id = j.user_id
WHERE j.now <> j.imported_value AND j.now <> j.value"""
_AGREED = f"SELECT account_id, field, batch_id FROM ({_JOINED}) WHERE now = value LIMIT :limit"


def _conflict(row: sqlite3.Row) -> Conflict:
    return Conflict(
        account_id=row["account_id"],
        reference=row["reference"],
        name=row["name"],
        field=row["field"],
        before=row["imported_value"],
        now=row["now"],
        value=row["value"],
        user=row["email"] or "",
        edited_at=from_ms(row["edited_at"]),
        batch_id=row["batch_id"],
        file_name=row["file_name"],
        published_at=maybe_instant(row["published_at"]),
    )

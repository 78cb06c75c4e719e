"""Change requests: details that a customer wants changed, kept until an admin has looked at them.

One waits per customer: what is asked for later is joined with what still waits, and takes its place.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store import accounts
from store.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its value when the change was asked for, the value asked for."""

    then: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked for; it waits."""

    id: int
    account_id: int
    reference: str
    account_name: str
    user_id: int
    user_email: str
    changes: Mapping[str, Change]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What an admin decided, and on what."""

    request: Request
    approved: bool


def ask(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    user_id: int,
    values: Mapping[str, str],
    now: datetime,
) -> Request | None:
    """Let other values wait; None: nothing waits now, since all of it is as it stands."""
    account = accounts.find(db, organisation_id, account_id)
    if account is None:
        return None
    before = of_account(db, organisation_id, account_id)
    wanted = {field: change.wanted for field, change in before.changes.items()} if before else {}
    wanted |= {field: value for field, value in values.items() if field in accounts.EDITABLE}
    changes = {
        field: Change(account.value(field), value)
        for field, value in wanted.items()
        if value != account.value(field)
    }
    if before and before.changes == changes:
        return before
    take_back(db, organisation_id, account_id, now)
    if changes:
        _insert(db, organisation_id, account_id, user_id, changes, now)
    return of_account(db, organisation_id, account_id)


def take_back(db: sqlite3.Connection, organisation_id: int, account_id: int, now: datetime) -> bool:
    """The customer no longer wants what waits; False: nothing waited."""
    changed = db.execute(
        "UPDATE change_requests SET state = 'replaced', decided_at = :now"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id AND state = 'waiting'",
        {"organisation_id": organisation_id, "account_id": account_id, "now": to_ms(now)},
    )
    return changed.rowcount > 0


def of_account(db: sqlite3.Connection, organisation_id: int, account_id: int) -> Request | None:
    """What waits for one customer."""
    row = db.execute(
        f"{_SELECT} AND c.account_id = :account_id ORDER BY c.id DESC LIMIT 1",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return _request(row) if row else None


def by_id(db: sqlite3.Connection, organisation_id: int, request_id: int) -> Request | None:
    """One that waits."""
    row = db.execute(
        f"{_SELECT} AND c.id = :id", {"organisation_id": organisation_id, "id": request_id}
    ).fetchone()
    return _request(row) if row else None


def waiting(db: sqlite3.Connection, organisation_id: int, after_id: int, limit: int) -> list[Request]:
    """Those that wait, the oldest first, from a place on."""
    rows = db.execute(
        f"{_SELECT} AND c.id > :after_id ORDER BY c.id LIMIT :limit",
        {"organisation_id": organisation_id, "after_id": after_id, "limit": limit},
    )
    return [_request(row) for row in rows]


def count_waiting(db: sqlite3.Connection, organisation_id: int) -> int:
    """How many wait."""
    row = db.execute(
        "SELECT count(*) AS n FROM change_requests"
        " WHERE organisation_id = :organisation_id AND state = 'waiting'",
        {"organisation_id": organisation_id},
    ).fetchone()
    return int(row["n"])


def decide(
    db: sqlite3.Connection,
    organisation_id: int,
    request_id: int,
    *,
    approved: bool,
    actor: str,
    address: str,
    now: datetime,
) -> Decided | None:
    """Approve (the values stand from now on) or refuse one; None: none of this id waits here."""
    found = by_id(db, organisation_id, request_id)
    if found is None:
        return None
    db.execute(
        "UPDATE change_requests SET state = :state, decided_by = :actor, decided_at = :now"
        " WHERE organisation_id = :organisation_id AND id = :id",
        {
            "organisation_id": organisation_id,
            "id": request_id,
            "state": "approved" if approved else "refused",
            "actor": actor,
            "now": to_ms(now),
        },
    )
    if approved:
        accounts.edit(
            db,
            organisation_id,
            found.account_id,
            {field: change.wanted for field, change in found.changes.items()},
            user_id=found.user_id,
            address=address,
            now=now,
        )
    return Decided(found, approved)


_SELECT = (
    "SELECT c.id, c.account_id, c.user_id, c.changes, c.created_at, a.reference, a.name AS account_name,"
    " coalesce(u.email, '') AS user_email FROM change_requests c"
    " JOIN visible_accounts a ON a.organisation_id = c.organisation_id AND a.account_id = c.account_id"
    " LEFT JOIN users u ON u.organisation_id = c.organisation_id AND u.id = c.user_id"
    " WHERE c.organisation_id = :organisation_id AND c.state = 'waiting'"
)


def _insert(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    user_id: int,
    changes: Mapping[str, Change],
    now: datetime,
) -> None:
    db.execute(
        "INSERT INTO change_requests (organisation_id, account_id, user_id, changes, created_at)"
        " VALUES (:organisation_id, :account_id, :user_id, :changes, :now)",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "user_id": user_id,
            "changes": json.dumps({field: [change.then, change.wanted] for field, change in changes.items()}),
            "now": to_ms(now),
        },
    )


def _request(row: sqlite3.Row) -> Request:
    changes = {field: Change(then, wanted) for field, (then, wanted) in json.loads(row["changes"]).items()}
    return Request(
        id=row["id"],
        account_id=row["account_id"],
        reference=row["reference"],
        account_name=row["account_name"],
        user_id=row["user_id"],
        user_email=row["user_email"],
        changes=changes,
        created_at=from_ms(row["created_at"]),
    )

"""The log of edits: every change of a customer's details that stands above imports, for whoever keeps the source.

Rows are added, never changed; whoever reads goes on after the last id that they have.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.instants import from_ms, to_ms

COLUMNS = ("account_reference", "field", "value", "previous", "edited_at", "user")
"""Of the CSV in which edits leave."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that has another value now; `actor` as the audit writes it: user:17, staff:3."""

    account_id: int
    field: str
    value: str
    previous: str
    actor: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A change with its place in the log; `user` is an e-mail address where that user still is."""

    id: int
    account_reference: str
    change: Change
    edited_at: datetime
    user: str

    def cells(self) -> tuple[str, ...]:
        """The change as `COLUMNS`."""
        edited_at = self.edited_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        return (
            self.account_reference,
            self.change.field,
            self.change.value,
            self.change.previous,
            edited_at,
            self.user or self.change.actor,
        )


def add(db: sqlite3.Connection, organisation_id: int, change: Change, now: datetime) -> None:
    """Write a change down, in the transaction that makes it."""
    db.execute(
        "INSERT INTO account_edit_log (organisation_id, account_id, field, value, previous, actor, edited_at)"
        " VALUES (:organisation_id, :account_id, :field, :value, :previous, :actor, :now)",
        {
            "organisation_id": organisation_id,
            "account_id": change.account_id,
            "field": change.field,
            "value": change.value,
            "previous": change.previous,
            "actor": change.actor,
            "now": to_ms(now),
        },
    )


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    after_id: int = 0,
    limit: int = 200,
    since: datetime | None = None,
) -> list[Edited]:
    """Changes in the order in which they were made, after an id, from an instant on."""
    rows = db.execute(
        _PAGE,
        {
            "organisation_id": organisation_id,
            "after": after_id,
            "since": None if since is None else to_ms(since),
            "limit": limit,
        },
    )
    return [_edited(row) for row in rows]


_PAGE = """
SELECT l.*, a.reference, u.email FROM account_edit_log l
JOIN accounts a ON a.organisation_id = l.organisation_id AND a.id = l.account_id
LEFT JOIN users u ON u.organisation_id = l.organisation_id AND l.actor = 'user:' || u.id
    AND u.id = CAST(substr(l.actor, 6) AS INTEGER)
WHERE l.organisation_id = :organisation_id AND l.id > :after AND (:since IS NULL OR l.edited_at >= :since)
ORDER BY l.id LIMIT :limit"""


def _edited(row: sqlite3.Row) -> Edited:
    return Edited(
        id=row["id"],
        account_reference=row["reference"],
        change=Change(row["account_id"], row["field"], row["value"], row["previous"], row["actor"]),
        edited_at=from_ms(row["edited_at"]),
        user=row["email"] or "",
    )

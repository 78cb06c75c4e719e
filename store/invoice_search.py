"""Invoices by number, for staff: whatever customers may see of them, with every revision counted."""

import sqlite3
from dataclasses import dataclass

FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    """An invoice there was at least one revision of."""

    invoice_id: int
    public_id: str
    number: str
    reference: str
    """Of its customer."""
    customer: str
    revisions: int


def by_number(db: sqlite3.Connection, organisation_id: int, start: str, limit: int = FOUND) -> list[Found]:
    """Invoices whose numbers begin so, in the order of their numbers."""
    rows = db.execute(
        f"{_FOUND} AND i.number >= :start AND i.number < :end ORDER BY i.number LIMIT :limit",
        {
            "organisation": organisation_id,
            "start": start,
            "end": start + "\U0010ffff",
            "limit": limit,
        },
    )
    return [Found(**dict(row)) for row in rows]


def by_public_id(db: sqlite3.Connection, organisation_id: int, public_id: str) -> Found | None:
    """The invoice of this public id."""
    row = db.execute(
        f"{_FOUND} AND i.public_id = :public_id", {"organisation": organisation_id, "public_id": public_id}
    ).fetchone()
    return Found(**dict(row)) if row else None


_REVISED = """FROM invoice_revisions r JOIN batches b ON b.organisation_id = r.organisation_id AND b.id = r.batch_id
    WHERE r.organisation_id = i.organisation_id AND r.invoice_id = i.id AND b.state NOT IN ('staging', 'abandoned')"""
_FOUND = f"""
SELECT i.id AS invoice_id, i.public_id, i.number, a.reference,
    coalesce((SELECT v.name FROM account_revisions v
        WHERE v.organisation_id = i.organisation_id AND v.account_id = i.account_id ORDER BY v.id DESC LIMIT 1), '')
    AS customer,
    (SELECT count(*) {_REVISED}) AS revisions
FROM invoices i JOIN accounts a ON a.organisation_id = i.organisation_id AND a.id = i.account_id
WHERE i.organisation_id = :organisation AND EXISTS (SELECT 1 {_REVISED})"""

"""Settlement: where a provider's status or due amount is another than their payments would make it.

Theirs stands, and is what customers see; this is only said to the admin.
"""

import sqlite3
from dataclasses import dataclass

from store import batches
from store.money import Money
from store.previews.standing import with_drafts

LISTED = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """An invoice as the provider has it, and as its allocations would have it."""

    number: str
    status: str
    due: Money
    our_status: str
    our_due: Money


@dataclass(frozen=True, slots=True)
class Differences:
    """How many, and the first of them; `comparable`: there are payments to compare with."""

    comparable: bool
    count: int = 0
    listed: tuple[Difference, ...] = ()


def differences(
    db: sqlite3.Connection, organisation_id: int, batch_id: int, limit: int = LISTED
) -> Differences:
    """Of the invoices that a batch holds, or allocates to."""
    batch = batches.by_id(db, organisation_id, batch_id)
    table = _TABLES.get(batch.kind) if batch else None
    values = {"organisation": organisation_id, "batch": batch_id}
    if table is None or db.execute(_ANY, values).fetchone() is None:
        return Differences(comparable=False)
    found = [
        difference
        for row in db.execute(_QUERY.format(table=table), values)
        if (difference := _difference(row)) is not None
    ]
    return Differences(True, len(found), tuple(found[:limit]))


def derived(gross: int, allocated: int) -> tuple[str, int]:
    """Status and due amount of an invoice by what is allocated to it."""
    sign = -1 if gross < 0 else 1
    if allocated * sign >= gross * sign:
        return "settled", 0
    return ("partly_settled" if allocated * sign > 0 else "outstanding"), gross - allocated


def _difference(row: sqlite3.Row) -> Difference | None:
    status, due = derived(row["gross"], row["allocated"])
    if (status, due) == (row["status"], row["due_amount"]):
        return None
    theirs, ours = (Money(amount, row["currency"]) for amount in (row["due_amount"], due))
    return Difference(row["number"], row["status"], theirs, status, ours)


_TABLES = {"invoices": "invoice_revisions", "payments": "allocations", "allocations": "allocations"}
_ANY = "SELECT 1 FROM allocations WHERE organisation_id = :organisation LIMIT 1"
_QUERY = f"""
SELECT i.number, r.status, r.gross, r.due_amount, r.currency, (
    SELECT coalesce(sum(a.amount), 0) FROM allocations a
    WHERE a.organisation_id = :organisation AND a.invoice_id = r.invoice_id AND {with_drafts("a")}) AS allocated
FROM invoice_revisions r
JOIN invoices i ON i.organisation_id = r.organisation_id AND i.id = r.invoice_id
WHERE r.organisation_id = :organisation AND r.kind = 'invoice' AND r.derived = 0 AND r.status <> 'void'
AND {with_drafts("r")}
AND r.invoice_id IN (SELECT invoice_id FROM {{table}} WHERE organisation_id = :organisation AND batch_id = :batch)
ORDER BY i.number"""

"""Payment uses: to which invoices payments went, and what of them is not put to any."""

import json
import sqlite3
from collections.abc import Sequence

from store.money import Money
from store.payments import Payment


def numbers(
    db: sqlite3.Connection, organisation_id: int, account_id: int, shown: Sequence[Payment]
) -> dict[int, list[str]]:
    """The numbers of the customer's invoices that each of some payments went to, by the payment's id."""
    rows = db.execute(
        "SELECT a.payment_id, i.number FROM visible_allocations a"
        " JOIN visible_invoices i ON i.organisation_id = a.organisation_id AND i.invoice_id = a.invoice_id"
        " WHERE a.organisation_id = :organisation_id AND i.account_id = :account_id"
        " AND a.payment_id IN (SELECT value FROM json_each(:payments)) ORDER BY i.issued_on, i.number",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "payments": json.dumps([payment.payment_id for payment in shown]),
        },
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["payment_id"], []).append(row["number"])
    return found


def unused(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[Money]:
    """What came in and is not put to an invoice, by currency; refunds are taken off, and it is never below nothing.

    Where a source says nothing of allocations at all, nothing can be said of what is left of its payments.
    """
    rows = db.execute(_UNUSED, {"organisation_id": organisation_id, "account_id": account_id})
    return [Money(row["unused"], row["currency"]) for row in rows if row["unused"] > 0]


_UNUSED = """
SELECT currency,
    sum(CASE WHEN amount < 0 THEN min(0, amount - allocated) ELSE max(0, amount - allocated) END) AS unused
FROM (
    SELECT p.currency, p.amount, (SELECT coalesce(sum(a.amount), 0) FROM visible_allocations a
        WHERE a.organisation_id = p.organisation_id AND a.payment_id = p.payment_id) AS allocated
    FROM visible_payments p
    WHERE p.organisation_id = :organisation_id AND p.account_id = :account_id
    AND p.status IN ('confirmed', 'paid_out'))
WHERE EXISTS (SELECT 1 FROM visible_allocations o WHERE o.organisation_id = :organisation_id)
GROUP BY currency ORDER BY currency"""

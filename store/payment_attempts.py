"""Payment attempts: what was tried to pay an invoice, and what of it came after what failed."""

import json
import sqlite3
from collections.abc import Sequence

from store.payments import RETURNED, Payment, chosen


def naming(
    db: sqlite3.Connection, organisation_id: int, account_id: int, numbers: Sequence[str]
) -> list[Payment]:
    """The customer's payments that name one of these invoices, but for those that were called off."""
    rest = "AND invoice_number IN (SELECT value FROM json_each(:numbers)) AND status <> 'cancelled'"
    return chosen(db, organisation_id, account_id, rest, {"numbers": json.dumps(numbers)})


def nameless(db: sqlite3.Connection, organisation_id: int, account_id: int) -> Payment | None:
    """The customer's last payment that names no invoice, but for those that were called off."""
    rest = (
        "AND invoice_number = '' AND status <> 'cancelled'"
        " ORDER BY coalesce(collected_on, paid_on) DESC, payment_id DESC LIMIT 1"
    )
    found = chosen(db, organisation_id, account_id, rest, {})
    return found[0] if found else None


def again(db: sqlite3.Connection, organisation_id: int, account_id: int, payment: Payment) -> Payment | None:
    """The first payment for the same invoice after one that was returned."""
    if payment.status not in RETURNED or not payment.invoice_number:
        return None
    tried = naming(db, organisation_id, account_id, [payment.invoice_number])
    later = (each for each in tried if each.place > payment.place)
    return min(later, key=lambda each: each.place, default=None)

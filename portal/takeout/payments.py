"""Payments of the download."""

from portal.csv_stream import Pages, Row
from portal.invoices.badges import payment_badge
from portal.visit import Visit
from portal.words import N_
from store import payments as stored_payments
from store.database import Store
from store.money import decimal
from store.payments import Cursor, Payment

PAGE = 500
HEADER = (
    N_("Date"),
    N_("Method"),
    N_("Status"),
    N_("Amount"),
    N_("Currency"),
    N_("Reference"),
    N_("Paid for"),
    N_("Collected on"),
    N_("Reason given"),
)


async def rows(store: Store, visit: Visit) -> Pages:
    """A row a payment, the newest first."""
    key, after = (visit.organisation_id, visit.account_id), None
    while True:
        found: list[Payment] = await store.read(stored_payments.page, *key, after, PAGE)
        yield [_row(payment) for payment in found]
        if len(found) < PAGE:
            return
        after = Cursor(found[-1].paid_on, found[-1].public_id)


def _row(payment: Payment) -> Row:
    return (
        payment.paid_on.isoformat(),
        payment.method,
        payment_badge(payment.status).word,
        decimal(payment.amount),
        payment.amount.currency,
        payment.external_id,
        payment.invoice_number,
        payment.collected_on.isoformat() if payment.collected_on else "",
        payment.failure,
    )

"""Badges: the state of an invoice or a payment in a word and a tone."""

from dataclasses import dataclass
from datetime import date

from store.invoices import Invoice, Status
from store.payments import Status as PaymentStatus


@dataclass(frozen=True, slots=True)
class Badge:
    """A word beside a colour and a shape: good, warn, bad, busy or void."""

    word: str
    tone: str


def badge(invoice: Invoice, today: date) -> Badge:
    """How an invoice stands today."""
    if invoice.is_overdue(today):
        return Badge("Overdue", "bad")
    if invoice.is_credit and invoice.is_open:
        return Badge("Credit open", "busy")
    return _INVOICES[invoice.status]


def payment_badge(status: PaymentStatus) -> Badge:
    """Where a payment is on its way."""
    return _PAYMENTS[status]


_INVOICES = {
    Status.OUTSTANDING: Badge("Outstanding", "warn"),
    Status.PARTLY_SETTLED: Badge("Partly settled", "warn"),
    Status.SETTLED: Badge("Settled", "good"),
    Status.VOID: Badge("Void", "void"),
}
_PAYMENTS = {
    PaymentStatus.PENDING_APPROVAL: Badge("Waiting for approval", "busy"),
    PaymentStatus.PENDING_SUBMISSION: Badge("To be collected", "busy"),
    PaymentStatus.SUBMITTED: Badge("With the bank", "busy"),
    PaymentStatus.CONFIRMED: Badge("Confirmed", "good"),
    PaymentStatus.PAID_OUT: Badge("Paid", "good"),
    PaymentStatus.FAILED: Badge("Failed", "bad"),
    PaymentStatus.CANCELLED: Badge("Cancelled", "void"),
    PaymentStatus.CHARGED_BACK: Badge("Taken back by the bank", "bad"),
    PaymentStatus.DENIED: Badge("Declined", "bad"),
}

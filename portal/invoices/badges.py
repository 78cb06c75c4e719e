"""Badges: the state of an invoice or a payment in a word and a tone."""

from dataclasses import dataclass
from datetime import date

from portal.words import N_, _
from store.invoices import Invoice, Status
from store.payments import Status as PaymentStatus


@dataclass(frozen=True, slots=True)
class Badge:
    """A word, to be said by `_`, beside a colour and a shape: good, warn, bad, busy or void."""

    word: str
    tone: str


def badge(invoice: Invoice, today: date) -> Badge:
    """How an invoice stands today."""
    if invoice.is_overdue(today):
        return Badge(_("Overdue"), "bad")
    if invoice.is_credit and invoice.is_open:
        return Badge(_("Credit open"), "busy")
    return _said(_INVOICES[invoice.status])


def payment_badge(status: PaymentStatus) -> Badge:
    """Where a payment is on its way."""
    return _said(_PAYMENTS[status])


def _said(marked: Badge) -> Badge:
    return Badge(_(marked.word), marked.tone)


_INVOICES = {
    Status.OUTSTANDING: Badge(N_("Outstanding"), "warn"),
    Status.PARTLY_SETTLED: Badge(N_("Partly settled"), "warn"),
    Status.SETTLED: Badge(N_("Settled"), "good"),
    Status.VOID: Badge(N_("Void"), "void"),
}
_PAYMENTS = {
    PaymentStatus.PENDING_APPROVAL: Badge(N_("Waiting for approval"), "busy"),
    PaymentStatus.PENDING_SUBMISSION: Badge(N_("To be collected"), "busy"),
    PaymentStatus.SUBMITTED: Badge(N_("With the bank"), "busy"),
    PaymentStatus.CONFIRMED: Badge(N_("Confirmed"), "good"),
    PaymentStatus.PAID_OUT: Badge(N_("Paid"), "good"),
    PaymentStatus.FAILED: Badge(N_("Failed"), "bad"),
    PaymentStatus.CANCELLED: Badge(N_("Cancelled"), "void"),
    PaymentStatus.CHARGED_BACK: Badge(N_("Taken back by the bank"), "bad"),
    PaymentStatus.DENIED: Badge(N_("Declined"), "bad"),
}

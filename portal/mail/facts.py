"""Facts: labels and values of an invoice or a payment, as mails list them."""

from portal import formats
from portal.mail.plain import one_line
from portal.words import _
from store.invoices import Invoice
from store.payments import Payment

Facts = tuple[tuple[str, str], ...]


def reason_of(payment: Payment) -> Facts:
    """Why a payment failed, if it is known."""
    return ((_("Reason given"), one_line(payment.failure)),) if payment.failure else ()


def of_invoice(invoice: Invoice) -> Facts:
    """What an invoice is, as far as it is known."""
    facts = (
        (_("Number"), one_line(invoice.number)),
        (_("Your order"), one_line(invoice.po_number)),
        (_("Date"), formats.long_date(invoice.issued_on)),
        (_("Period"), formats.period(invoice.period_from, invoice.period_to)),
        (_("Total including VAT"), formats.amount(invoice.gross)),
        (_("Left to pay"), "" if invoice.is_credit else formats.amount(invoice.due)),
        (_("Due"), formats.long_date(invoice.due_on) if invoice.due_on and not invoice.is_credit else ""),
    )
    return tuple((label, value) for label, value in facts if value)


def of_payment(payment: Payment) -> Facts:
    """What a payment is, as far as it is known."""
    facts = (
        (_("Amount"), formats.amount(payment.amount)),
        (_("Date"), formats.long_date(payment.paid_on)),
        (_("Method"), one_line(payment.method)),
        (_("Reference"), one_line(payment.external_id)),
    )
    return tuple((label, value) for label, value in facts if value)

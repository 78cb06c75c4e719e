"""Billing: the mails about money: a new invoice, a reminder, a payment received or failed.

`path` None: the customer has no way into the portal, so none is shown.
"""

from collections.abc import Sequence
from datetime import date

from portal import formats
from portal.mail.letter import Content, Invitation, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from portal.words import _
from store.invoices import Invoice
from store.outbox import Purpose
from store.payments import Payment, Settled


def registration_line(head: Letterhead, path: str) -> Invitation:
    """How to reach the portal and how to register: for mails, made PDFs and the API; `path` has the proof."""
    host = head.origin.removeprefix("https://")
    return Invitation(
        sentence=f"See your invoices, payments and calls at any time in our customer portal, {host}."
        " To register, follow this link, which works once:",
        register=Link("Register for the customer portal", head.url(path)),
    )


def new_invoice(
    head: Letterhead,
    invoice: Invoice,
    *,
    account: str,
    path: str | None,
    attached: bool,
    collected: Sequence[str] = (),
    registration: Invitation | None = None,
    secret: str = "",
) -> Letter:
    """An invoice or credit note; `registration` with its `secret` where the customer may register."""
    noun = "credit note" if invoice.is_credit else "invoice"
    title = f"{noun[:1].upper()}{noun[1:]} {one_line(invoice.number)}"
    owed = "" if invoice.is_credit or invoice.due_on is None else f", due {formats.long_date(invoice.due_on)}"
    content = Content(
        subject=f"{title} from {head.name}: {formats.amount(invoice.gross)}{owed}",
        title=title,
        paragraphs=(
            f"Here is a new {noun} for {one_line(account)}."
            + (" You find it attached as a PDF." if attached else ""),
            *collected,
        ),
        facts=_invoice_facts(invoice),
        action=Link(f"See the {noun}", head.url(path)) if path else None,
        invitation=registration,
    )
    return render(head, Purpose.NEW_INVOICE, content, secret=secret)


def reminder(head: Letterhead, invoice: Invoice, *, account: str, today: date, path: str | None) -> Letter:
    """What is left to pay of an invoice, before its day or after."""
    assert invoice.due_on
    number, day = one_line(invoice.number), formats.long_date(invoice.due_on)
    days = (today - invoice.due_on).days
    if days > 0:
        late = f"{days} day{'' if days == 1 else 's'} ago"
        subject, title = f"Invoice {number} from {head.name} is overdue", f"Invoice {number} is overdue"
        sentence = f"was due on {day}, {late}"
    else:
        subject = f"Invoice {number} from {head.name} is due {'today' if days == 0 else f'on {day}'}"
        title, sentence = f"Invoice {number} is due {'today' if days == 0 else 'soon'}", f"is due on {day}"
    content = Content(
        subject=subject,
        title=title,
        paragraphs=(
            f"{formats.amount(invoice.due)} of invoice {number} for {one_line(account)} {sentence}.",
        ),
        facts=_invoice_facts(invoice),
        action=Link("See the invoice and how to pay", head.url(path)) if path else None,
        notes=("If you have paid in the last few days, thank you: please ignore this reminder.",),
    )
    return render(head, Purpose.REMINDER, content)


def payment_received(
    head: Letterhead, payment: Payment, *, account: str, path: str | None, settled: Sequence[Settled] = ()
) -> Letter:
    """Thanks for a payment, and which invoices it went to."""
    content = Content(
        subject=f"{head.name} has received your payment of {formats.amount(payment.amount)}",
        title="Thank you for your payment",
        paragraphs=(f"We have received a payment for {one_line(account)}.",),
        facts=(
            *_payment_facts(payment),
            *(
                (f"To invoice {one_line(part.invoice_number)}", formats.amount(part.amount))
                for part in settled
            ),
        ),
        action=Link("See the payment", head.url(path)) if path else None,
    )
    return render(head, Purpose.PAYMENT_RECEIVED, content)


def payment_failed(
    head: Letterhead, payment: Payment, *, account: str, path: str | None, again: date | None = None
) -> Letter:
    """A payment did not go through; `again`: when it is collected once more."""
    cure = (
        _(
            "It will be collected again on or after %(day)s. Please make sure that there is enough in the account.",
            day=formats.long_date(again),
        )
        if again
        else _("Please look whether your details and your balance are in order, or pay in another way.")
    )
    content = Content(
        subject=f"Your payment of {formats.amount(payment.amount)} to {head.name} did not go through",
        title="A payment did not go through",
        paragraphs=(
            f"A payment for {one_line(account)} was not completed, so the amount is still to pay.",
            cure,
        ),
        facts=(*_payment_facts(payment), *_reason(payment)),
        action=Link("See what is to pay", head.url(path)) if path else None,
    )
    return render(head, Purpose.PAYMENT_FAILED, content)


def _reason(payment: Payment) -> tuple[tuple[str, str], ...]:
    return ((_("Reason given"), one_line(payment.failure)),) if payment.failure else ()


def _invoice_facts(invoice: Invoice) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Number", one_line(invoice.number)),
        ("Your order", one_line(invoice.po_number)),
        ("Date", formats.long_date(invoice.issued_on)),
        ("Period", formats.period(invoice.period_from, invoice.period_to)),
        ("Total including VAT", formats.amount(invoice.gross)),
        ("Left to pay", "" if invoice.is_credit else formats.amount(invoice.due)),
        ("Due", formats.long_date(invoice.due_on) if invoice.due_on and not invoice.is_credit else ""),
    )
    return tuple((label, value) for label, value in facts if value)


def _payment_facts(payment: Payment) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Amount", formats.amount(payment.amount)),
        ("Date", formats.long_date(payment.paid_on)),
        ("Method", one_line(payment.method)),
        ("Reference", one_line(payment.external_id)),
    )
    return tuple((label, value) for label, value in facts if value)

"""Billing: the mails about money: a new invoice, a reminder, a payment received or failed.

`path` None: the customer has no way into the portal, so none is shown.
"""

from collections.abc import Sequence
from datetime import date

from portal import formats
from portal.mail import facts
from portal.mail.letter import Content, Invitation, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from portal.words import _, ngettext
from store.invoices import Invoice
from store.outbox import Purpose
from store.payments import Payment, Settled


def registration_line(head: Letterhead, path: str) -> Invitation:
    """How to reach the portal and how to register: for mails, made PDFs and the API; `path` has the proof."""
    host = head.origin.removeprefix("https://")
    return Invitation(
        sentence=_(
            "See your invoices, payments and calls at any time in our customer portal, %(host)s."
            " To register, follow this link, which works once:",
            host=host,
        ),
        register=Link(_("Register for the customer portal"), head.url(path)),
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
    number, known = one_line(invoice.number), one_line(account)
    if invoice.is_credit:
        title = _("Credit note %(number)s", number=number)
        opening = _("Here is a new credit note for %(account)s.", account=known)
        see = _("See the credit note")
    else:
        title = _("Invoice %(number)s", number=number)
        opening = _("Here is a new invoice for %(account)s.", account=known)
        see = _("See the invoice")
    content = Content(
        subject=_invoice_subject(head, invoice, title),
        title=title,
        paragraphs=(
            " ".join((opening, _("You find it attached as a PDF."))) if attached else opening,
            *collected,
        ),
        facts=facts.of_invoice(invoice),
        action=Link(see, head.url(path)) if path else None,
        invitation=registration,
    )
    return render(head, Purpose.NEW_INVOICE, content, secret=secret)


def reminder(head: Letterhead, invoice: Invoice, *, account: str, today: date, path: str | None) -> Letter:
    """What is left to pay of an invoice, before its day or after."""
    assert invoice.due_on
    number, day = one_line(invoice.number), formats.long_date(invoice.due_on)
    days = (today - invoice.due_on).days
    said = {
        "number": number,
        "day": day,
        "name": head.name,
        "amount": formats.amount(invoice.due),
        "account": one_line(account),
    }
    if days > 0:
        subject = _("Invoice %(number)s from %(name)s is overdue", **said)
        title = _("Invoice %(number)s is overdue", **said)
        sentence = ngettext(
            "%(amount)s of invoice %(number)s for %(account)s was due on %(day)s, %(num)d day ago.",
            "%(amount)s of invoice %(number)s for %(account)s was due on %(day)s, %(num)d days ago.",
            days,
            **said,
        )
    else:
        if days == 0:
            subject = _("Invoice %(number)s from %(name)s is due today", **said)
            title = _("Invoice %(number)s is due today", **said)
        else:
            subject = _("Invoice %(number)s from %(name)s is due on %(day)s", **said)
            title = _("Invoice %(number)s is due soon", **said)
        sentence = _("%(amount)s of invoice %(number)s for %(account)s is due on %(day)s.", **said)
    content = Content(
        subject=subject,
        title=title,
        paragraphs=(sentence,),
        facts=facts.of_invoice(invoice),
        action=Link(_("See the invoice and how to pay"), head.url(path)) if path else None,
        notes=(_("If you have paid in the last few days, thank you: please ignore this reminder."),),
    )
    return render(head, Purpose.REMINDER, content)


def payment_received(
    head: Letterhead, payment: Payment, *, account: str, path: str | None, settled: Sequence[Settled] = ()
) -> Letter:
    """Thanks for a payment, and which invoices it went to."""
    content = Content(
        subject=_(
            "%(name)s has received your payment of %(amount)s",
            name=head.name,
            amount=formats.amount(payment.amount),
        ),
        title=_("Thank you for your payment"),
        paragraphs=(_("We have received a payment for %(account)s.", account=one_line(account)),),
        facts=(
            *facts.of_payment(payment),
            *(
                (
                    _("To invoice %(number)s", number=one_line(part.invoice_number)),
                    formats.amount(part.amount),
                )
                for part in settled
            ),
        ),
        action=Link(_("See the payment"), head.url(path)) if path else None,
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
        subject=_(
            "Your payment of %(amount)s to %(name)s did not go through",
            name=head.name,
            amount=formats.amount(payment.amount),
        ),
        title=_("A payment did not go through"),
        paragraphs=(
            _(
                "A payment for %(account)s was not completed, so the amount is still to pay.",
                account=one_line(account),
            ),
            cure,
        ),
        facts=(*facts.of_payment(payment), *facts.reason_of(payment)),
        action=Link(_("See what is to pay"), head.url(path)) if path else None,
    )
    return render(head, Purpose.PAYMENT_FAILED, content)


def _invoice_subject(head: Letterhead, invoice: Invoice, title: str) -> str:
    said = {"title": title, "name": head.name, "amount": formats.amount(invoice.gross)}
    if invoice.is_credit or invoice.due_on is None:
        return _("%(title)s from %(name)s: %(amount)s", **said)
    return _(
        "%(title)s from %(name)s: %(amount)s, due %(day)s", **said, day=formats.long_date(invoice.due_on)
    )

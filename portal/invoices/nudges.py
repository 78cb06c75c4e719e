"""Nudges: the short mails about an invoice that is due, and about a payment; nothing is attached to them."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal import mail
from portal.mail import Letter, Letterhead, Provider, Sender
from portal.mail.billing import payment_failed, payment_received, reminder
from store import (
    account_users,
    accounts,
    collecting,
    invoices,
    origins,
    payment_attempts,
    payments,
    portals,
)
from store.collecting import Plan, Way
from store.invoices import Invoice
from store.mailing_items import Item, Purpose
from store.outbox import Message
from store.payments import Payment, Settled, Status
from store.portals import Portal
from store.users import Status as UserStatus

GOOD = frozenset({Status.CONFIRMED, Status.PAID_OUT})
BAD = frozenset({Status.FAILED, Status.DENIED, Status.CHARGED_BACK})


@dataclass(frozen=True, slots=True)
class Facts:
    """Whom it is for, and the invoice, or the payment with what it settled; both None: neither is visible."""

    portal: Portal
    head: Letterhead
    name: str
    seen: bool
    invoice: Invoice | None
    payment: Payment | None
    settled: tuple[Settled, ...]
    plan: Plan | None = None
    """What decides how the invoice is paid."""
    again: Payment | None = None
    """The collection that follows a payment that failed."""


def load(db: sqlite3.Connection, organisation_id: int, item: Item, provider: Provider) -> Facts | None:
    """What an item says; None: its customer is not visible any more."""
    portal = portals.find(db, organisation_id)
    account = accounts.find(db, organisation_id, item.account_id)
    if portal is None or account is None:
        return None
    key = organisation_id, item.account_id
    about_payment = item.purpose in (Purpose.PAYMENT_RECEIVED, Purpose.PAYMENT_FAILED)
    payment = payments.by_id(db, *key, item.object_id) if about_payment else None
    origin = origins.canonical_origin(db, organisation_id, provider.public_port)
    invoice = None if about_payment else invoices.by_id(db, *key, item.object_id)
    return Facts(
        portal=portal,
        head=mail.of_portal(portal, origin or ""),
        name=account.name,
        seen=bool(origin) and portal.enabled and UserStatus.ACTIVE in account_users.statuses(db, *key),
        invoice=invoice,
        payment=payment,
        settled=tuple(payments.settled_by(db, *key, payment)) if payment else (),
        plan=collecting.of_invoice(db, *key, invoice) if invoice else None,
        again=payment_attempts.again(db, *key, payment) if payment else None,
    )


def compose(facts: Facts, item: Item, now: datetime) -> Letter | str:
    """The letter; a text: why it is not sent after all."""
    today = now.astimezone(ZoneInfo(facts.portal.time_zone)).date()
    if facts.invoice:
        return _reminder(facts, facts.invoice, item, today)
    if facts.payment:
        return _about_payment(facts, facts.payment, item)
    return "It was taken back before its mail was made."


def message(facts: Facts, letter: Letter, item: Item, provider: Provider) -> Message:
    """The message for the item's address."""
    sender: Sender = mail.sender_of(facts.portal, provider)
    invoice_id = facts.invoice.invoice_id if facts.invoice else None
    return letter.to(
        item.recipient,
        sender,
        account_id=item.account_id,
        invoice_id=invoice_id,
        mailing_id=item.mailing_id,
    )


def _reminder(facts: Facts, invoice: Invoice, item: Item, today: date) -> Letter | str:
    if not invoice.is_open or invoice.is_credit or invoice.due.minor <= 0:
        return "It was settled before its reminder was made."
    if invoice.due_on is None or (item.purpose is Purpose.REMINDER_BEFORE) != (today <= invoice.due_on):
        return "Its due date was changed before its reminder was made."
    if facts.plan and all(part.way is Way.COLLECTED for part in facts.plan.parts(today)):
        return "It is collected, so there is nothing to remind of."
    path = f"/invoices/{invoice.public_id}" if facts.seen and facts.portal.show_invoices else None
    return reminder(facts.head, invoice, account=facts.name, today=today, path=path)


def _about_payment(facts: Facts, payment: Payment, item: Item) -> Letter | str:
    path = f"/payments/{payment.public_id}" if facts.seen and facts.portal.show_payments else None
    if item.purpose is Purpose.PAYMENT_RECEIVED and payment.status in GOOD:
        return payment_received(facts.head, payment, account=facts.name, path=path, settled=facts.settled)
    if item.purpose is Purpose.PAYMENT_FAILED and payment.status in BAD:
        again = facts.again.day if facts.again else None
        return payment_failed(facts.head, payment, account=facts.name, path=path, again=again)
    return "Its status was changed before its mail was made."

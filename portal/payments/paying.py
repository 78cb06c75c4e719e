"""Paying: what a page says of how something that is due is paid: collected, failed, or by hand and then how."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.invoices.letter import PaymentDetail, payment_details
from portal.payments import mandate_words, pay_link, sentences
from portal.payments.pay_link import PayLink
from portal.payments.sentences import Failure
from portal.visit import Visit
from store import collecting
from store.collecting import Part, Plan, Way
from store.invoices import Invoice
from store.money import Money
from store.portals import Portal


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the customer pays themselves; without details and link they have to ask."""

    amount: Money
    reference: str
    """What to quote."""
    details: tuple[PaymentDetail, ...]
    url: str
    """The provider's page to pay at; empty: there is none."""
    host: str

    @property
    def is_told(self) -> bool:
        return bool(self.details or self.url)


@dataclass(frozen=True, slots=True)
class Paying:
    """The context `paying` of payments/how_to_pay.html, about amounts of one currency."""

    collected: tuple[str, ...]
    account: str
    """The account behind the mandate that is spoken of, masked."""
    failures: tuple[Failure, ...]
    notice: str
    """Why the mandate does not collect."""
    missed: str
    by_hand: ByHand | None
    brand: str
    overdue: Money
    """Of what is paid by hand."""
    overdue_since: date | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is collected, and from which account, where nothing else can be shown."""
        return (*self.collected, self.account) if self.collected and self.account else self.collected


def paying(portal: Portal, parts: Sequence[Part], account_reference: str, today: date) -> Paying:
    """How these parts of one currency, at least one, are paid."""
    taken = [part for part in parts if part.way is Way.COLLECTED]
    left = [part for part in parts if part.way is Way.BY_HAND and part.amount.minor > 0]
    by_hand = _by_hand(portal, left, account_reference) if left else None
    mandate = parts[0].mandate
    late = [part for part in left if part.owed.due_on and part.owed.due_on < today]
    return Paying(
        collected=sentences.collected(taken, today),
        account=mandate_words.account(mandate) if mandate and (taken or not mandate.is_active) else "",
        failures=sentences.failures(parts, by_hand is not None and by_hand.is_told, portal.name),
        notice=mandate_words.notice(mandate, portal.name) if mandate and left else "",
        missed=sentences.missed(left, today, portal.name),
        by_hand=by_hand,
        brand=portal.name,
        overdue=sentences.total(late) if late else Money(0, parts[0].amount.currency),
        overdue_since=min((part.owed.due_on for part in late if part.owed.due_on), default=None),
    )


def paying_for(db: sqlite3.Connection, visit: Visit, invoice: Invoice) -> Paying | None:
    """How what is left of an invoice is paid, for a page."""
    plan = collecting.of_invoice(db, visit.organisation_id, visit.account_id, invoice)
    return of_invoice(visit.portal, plan, visit.account.reference, visit.today)


def of_invoice(portal: Portal, plan: Plan, account_reference: str, today: date) -> Paying | None:
    """How what is left of an invoice is paid; None: nothing of it is to be paid."""
    invoice = plan.invoice
    if invoice.is_credit or not invoice.is_open:
        return None
    return paying(portal, plan.parts(today), account_reference, today)


def _by_hand(portal: Portal, left: Sequence[Part], account_reference: str) -> ByHand:
    numbers = {part.owed.number for part in left}
    number = numbers.pop() if len(numbers) == 1 else ""
    amount = sentences.total(left)
    link = _link(portal, number, amount)
    return ByHand(
        amount=amount,
        reference=number or account_reference,
        details=tuple(payment_details(portal.payment_details)),
        url=link.url(reference=account_reference, invoice=number, amount=amount) if link else "",
        host=link.host if link else "",
    )


def _link(portal: Portal, number: str, amount: Money) -> PayLink | None:
    """The pay link, where all that it asks for can be filled in."""
    found = pay_link.parse(portal.pay_url) if portal.pay_url else None
    if not isinstance(found, PayLink) or (found.asks("invoice") and not number):
        return None
    # A page that is told an amount without its currency takes it for its own.
    return None if found.asks("amount") and amount.currency != portal.currency else found

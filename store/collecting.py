"""Collecting: how each open invoice comes in: by a collection under way, by the mandate on its day, or by hand.

The source's own word stands first: a payment under way that names an invoice. Then an active mandate collects it on
its due date. What was returned, and what was to be collected and never was, is for the customer to pay.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from store import mandates, payment_attempts
from store.invoices import Invoice
from store.mandates import Mandate
from store.money import Money
from store.payments import RETURNED, UNDER_WAY, Payment

BOOKING = timedelta(days=7)
"""So long after its day a collection may take until it is booked; after that it is taken for one that was not made."""


class Way(Enum):
    """How a part of an invoice comes in."""

    COLLECTED = "collected"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Owed:
    """An open invoice, as far as paying it goes."""

    public_id: str
    number: str
    due: Money
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an invoice; collected: from `day` on, by `attempt` if that is under way, else by the mandate."""

    owed: Owed
    amount: Money
    way: Way
    day: date | None = None
    attempt: Payment | None = None
    mandate: Mandate | None = None
    returned: Payment | None = None
    """The last collection of it, where that failed."""

    def is_missed(self, today: date) -> bool:
        """Whether the mandate was to collect it, and nothing came."""
        if self.way is Way.COLLECTED or self.returned or not self.mandate or not self.mandate.is_active:
            return False
        return self.owed.due_on is not None and self.owed.due_on < today


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides how an invoice comes in: payments that name it, and the customer's mandates."""

    invoice: Invoice
    attempts: tuple[Payment, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    stray: Payment | None = None
    """The customer's last payment that names no invoice."""

    def parts(self, today: date) -> tuple[Part, ...]:
        """How it comes in, as things stand on a day."""
        invoice = self.invoice
        owed = Owed(invoice.public_id, invoice.number, invoice.due, invoice.due_on)
        return parts(owed, self.attempts, self.mandates, today, self.stray)


def parts(
    owed: Owed,
    attempts: Iterable[Payment],
    found: Sequence[Mandate],
    today: date,
    stray: Payment | None = None,
) -> tuple[Part, ...]:
    """The parts of an open invoice, which make what is due of it; `attempts` name it, `stray` names none."""
    tried = sorted(attempts, key=lambda each: each.place)
    mandate = mandates.first(found, owed.due.currency)
    decided = [each for each in tried if each.status not in UNDER_WAY]
    last = decided[-1] if decided else _stray(owed, mandate, stray)
    returned = last if last and last.status in RETURNED else None
    whole = Part(owed, owed.due, Way.BY_HAND, mandate=mandate, returned=returned)
    rest, made = owed.due.minor, []
    for attempt in (each for each in tried if each.status in UNDER_WAY):
        amount = min(rest, attempt.amount.minor) if attempt.amount.currency == owed.due.currency else 0
        if amount > 0:
            rest -= amount
            taken = Money(amount, owed.due.currency)
            made.append(replace(whole, amount=taken, way=Way.COLLECTED, day=attempt.day, attempt=attempt))
    if rest or not made:
        day = _day(owed, mandate, today) if rest > 0 and returned is None else None
        way = Way.COLLECTED if day else Way.BY_HAND
        made.append(replace(whole, amount=Money(rest, owed.due.currency), way=way, day=day))
    return tuple(made)


def of_invoice(db: sqlite3.Connection, organisation_id: int, account_id: int, invoice: Invoice) -> Plan:
    """What decides how one invoice of a customer comes in."""
    attempts = payment_attempts.naming(db, organisation_id, account_id, [invoice.number])
    found = mandates.of_account(db, organisation_id, account_id)
    return Plan(invoice, tuple(attempts), tuple(found), _nameless(db, organisation_id, account_id, found))


def of_account(
    db: sqlite3.Connection, organisation_id: int, account_id: int, found: list[Mandate], today: date
) -> list[Part]:
    """How every open invoice of a customer comes in, the one that is due first first."""
    everything = _open(db, organisation_id, account_id)
    by_number: dict[str, list[Payment]] = {owed.number: [] for owed in everything}
    for attempt in payment_attempts.naming(db, organisation_id, account_id, list(by_number)):
        by_number[attempt.invoice_number].append(attempt)
    stray = _nameless(db, organisation_id, account_id, found)
    return [part for owed in everything for part in parts(owed, by_number[owed.number], found, today, stray)]


def _nameless(
    db: sqlite3.Connection, organisation_id: int, account_id: int, found: Sequence[Mandate]
) -> Payment | None:
    """The last payment that names no invoice, where something is collected at all."""
    collects = any(each.is_active for each in found)
    return payment_attempts.nameless(db, organisation_id, account_id) if collects else None


def _stray(owed: Owed, mandate: Mandate | None, stray: Payment | None) -> Payment | None:
    """A collection that names no invoice is taken to be of all that the mandate was to collect by then."""
    if stray is None or mandate is None or not mandate.is_active or owed.due_on is None:
        return None
    return stray if mandate.day_for(owed.due_on) <= stray.day else None


def _day(owed: Owed, mandate: Mandate | None, today: date) -> date | None:
    """When the mandate collects it; None: it does not."""
    if mandate is None or not mandate.is_active or owed.due_on is None:
        return None
    day = mandate.day_for(owed.due_on)
    return day if today - day <= BOOKING else None


def _open(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[Owed]:
    rows = db.execute(
        "SELECT public_id, number, due_amount, currency, due_on FROM visible_invoices"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id AND kind = 'invoice'"
        " AND status IN ('outstanding', 'partly_settled') ORDER BY due_on IS NULL, due_on, number",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return [
        Owed(
            row["public_id"],
            row["number"],
            Money(row["due_amount"], row["currency"]),
            date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        )
        for row in rows
    ]

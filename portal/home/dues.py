"""Dues: what a customer owes in each currency, and how each of it is paid."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from portal.payments import mandate_words
from portal.payments.paying import Paying, paying
from portal.payments.sentences import total
from portal.visit import Visit
from store import collecting, mandates
from store.collecting import Part
from store.mandates import Mandate
from store.money import Money


@dataclass(frozen=True, slots=True)
class Due:
    """What is open in one currency; `only`: the public id of the one invoice that is."""

    amount: Money
    first_on: date | None
    only: str
    paying: Paying


@dataclass(frozen=True, slots=True)
class Dues:
    """All that is due, by currency, and the mandate that counts."""

    open: tuple[Due, ...]
    mandate: Mandate | None

    @property
    def mandate_account(self) -> str:
        return mandate_words.account(self.mandate) if self.mandate else ""


def load(db: sqlite3.Connection, visit: Visit) -> Dues:
    """What the visit's customer owes."""
    found = mandates.of_account(db, visit.organisation_id, visit.account_id)
    parts = collecting.of_account(db, visit.organisation_id, visit.account_id, found, visit.today)
    currencies = sorted({part.amount.currency for part in parts})
    each = (_due([part for part in parts if part.amount.currency == name], visit) for name in currencies)
    standing = mandates.first(found)
    return Dues(
        tuple(due for due in each if due.amount.minor),
        standing if standing and standing.is_active else None,
    )


def _due(parts: list[Part], visit: Visit) -> Due:
    invoices = {part.owed.public_id for part in parts}
    return Due(
        amount=total(parts),
        first_on=min((part.owed.due_on for part in parts if part.owed.due_on), default=None),
        only=next(iter(invoices)) if len(invoices) == 1 else "",
        paying=paying(visit.portal, parts, visit.account.reference, visit.today),
    )

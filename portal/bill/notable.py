"""Notable: whether a bill differs so much from the one before it that the first page speaks of it."""

import sqlite3
from dataclasses import dataclass

from portal.bill import reasons
from portal.visit import Visit
from store.bill import bills
from store.invoices import Invoice
from store.money import exponent

NOTABLE_PERCENT = 10
NOTABLE_UNITS = 5
"""Of the currency: pounds, euros. A change is notable from both on."""


@dataclass(frozen=True, slots=True)
class Notable:
    """A change that is worth a word."""

    invoice: Invoice
    before: Invoice

    @property
    def text(self) -> str:
        """`£6.20 more than in October 2026.`"""
        return reasons.shortly(self.invoice.gross.minor - self.before.gross.minor, self.before)

    @property
    def url(self) -> str:
        """Where it is explained."""
        return f"/invoices/{self.invoice.public_id}/explained"


def is_notable(before: int, after: int, currency: str) -> bool:
    """Whether a bill in minor units is notably other than the one before."""
    change = abs(after - before)
    return change * 100 >= NOTABLE_PERCENT * abs(before) and change >= NOTABLE_UNITS * 10 ** exponent(
        currency
    )


def of_last(db: sqlite3.Connection, visit: Visit, last: Invoice | None) -> Notable | None:
    """What is to be said of a customer's last invoice; None: nothing."""
    if last is None or not bills.is_bill(last):
        return None
    earlier = bills.earlier(db, visit.organisation_id, visit.account_id, last, visit.today)
    before = bills.one_before(last, earlier)
    if before is None or not is_notable(before.gross.minor, last.gross.minor, last.gross.currency):
        return None
    return Notable(last, before)

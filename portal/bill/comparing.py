"""Comparing: a customer's bill with all that is needed to hold it against another."""

import sqlite3
from dataclasses import dataclass

from portal.pages import off_sections
from portal.visit import Visit
from store import invoices, itemisation
from store.bill import bills, difference, line_sums, reconciliation, views
from store.bill.difference import Difference
from store.bill.line_sums import NotYet
from store.bill.views import Parts
from store.invoices import Invoice

OFFERED = 24
"""Earlier bills that are offered to choose from."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of both bills by destination; `gone`: some are past their retention."""

    parts: Parts
    gone: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two bills of a customer, the other ones to choose from, and what lies between the two."""

    invoice: Invoice
    before: Invoice
    others: tuple[Invoice, ...]
    difference: Difference
    calls: Calls | NotYet | None
    """None: neither has calls, their pages are switched off, or the customer asked for no list of them."""
    waiting: tuple[Invoice, ...]
    """The bills whose calls are not added up yet."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A bill that is held against none: a credit note, a void one, the first; `credited`: what it credits."""

    invoice: Invoice
    credited: Invoice | None = None


def compare(db: sqlite3.Connection, visit: Visit, public_id: str, with_id: str) -> Comparison | Alone | None:
    """Hold a bill against the one before, or the one that is named; None: one of them is not there."""
    key = visit.organisation_id, visit.account_id
    invoice = invoices.find(db, *key, public_id)
    if invoice is None:
        return None
    if not bills.is_bill(invoice):
        number = invoice.credits_number
        return Alone(invoice, invoices.by_number(db, *key, number) if number else None)
    others = bills.earlier(db, *key, invoice, visit.today)
    before = _named(db, visit, invoice, with_id) if with_id else bills.one_before(invoice, others)
    if before is None:
        return None if with_id else Alone(invoice)
    offered = others[:OFFERED] if before in others[:OFFERED] else [before, *others[:OFFERED]]
    found = difference.between(bills.load(db, *key, before), bills.load(db, *key, invoice))
    calls, waiting = _calls(db, visit, found, before, invoice)
    return Comparison(invoice, before, tuple(offered), found, calls, waiting)


def _named(db: sqlite3.Connection, visit: Visit, invoice: Invoice, with_id: str) -> Invoice | None:
    """The bill that a reader chose, if it can be held against this one."""
    chosen = invoices.find(db, visit.organisation_id, visit.account_id, with_id)
    if chosen is None or not bills.is_bill(chosen) or chosen.invoice_id == invoice.invoice_id:
        return None
    return chosen if chosen.gross.currency == invoice.gross.currency else None


def _calls(
    db: sqlite3.Connection, visit: Visit, found: Difference, before: Invoice, invoice: Invoice
) -> tuple[Calls | NotYet | None, tuple[Invoice, ...]]:
    key = visit.organisation_id, visit.account_id
    if "calls" in off_sections(visit.portal) or not itemisation.is_itemised(db, *key):
        return None, ()
    rule = reconciliation.rule_of(db, visit.organisation_id)
    both = (before, invoice)
    old, new = (line_sums.of_invoice(db, *key, each.invoice_id, rule) for each in both)
    if isinstance(old, NotYet) or isinstance(new, NotYet):
        sums = zip(both, (old, new), strict=True)
        return NotYet(), tuple(each for each, own in sums if isinstance(own, NotYet))
    gone = any(line_sums.gone(db, *key, each.invoice_id) for each in both)
    parts = views.by_destination(found, old, new, before.gross.currency, rule.rounding)
    return (Calls(parts, gone) if parts.named else None), ()

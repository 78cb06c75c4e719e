"""Reconciliation: the usage of a customer's invoice beside its calls, as published."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store.bill import adding_up, line_sums
from store.bill.adding_up import Checked, Reconciliation, UsageLine
from store.bill.line_sums import Gone, LineSum, NotYet
from store.bill.rounding import Rounding, Rule
from store.money import Money


@dataclass(frozen=True, slots=True)
class OfLine:
    """The calls of one line: what the listed ones come to, what those that are gone came to, and what to say of it."""

    listed: tuple[LineSum, ...]
    gone: tuple[Gone, ...]
    checked: Checked | None
    """None: the line does not charge usage."""


def rule_of(db: sqlite3.Connection, organisation_id: int) -> Rule:
    """By which rule an organisation's bills are rounded."""
    row = db.execute(
        "SELECT rounding, round_each_call FROM portals WHERE organisation_id = :organisation_id",
        {"organisation_id": organisation_id},
    ).fetchone()
    return Rule(Rounding(row["rounding"]), bool(row["round_each_call"])) if row else Rule()


def of_invoice(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int
) -> Reconciliation | NotYet | None:
    """Whether the calls of an invoice add up to its usage; None: there is no usage on it, or no such invoice."""
    key = organisation_id, account_id, invoice_id
    bill = _bill(db, *key)
    if bill is None or not bill.usage:
        return None
    rule = rule_of(db, organisation_id)
    sums = line_sums.of_invoice(db, *key, rule)
    return sums if isinstance(sums, NotYet) else _reconciled(bill, sums, line_sums.gone(db, *key), rule)


def of_line(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int, position: int
) -> OfLine | NotYet:
    """What the calls behind a line of an invoice come to, and whether that is the line."""
    key = organisation_id, account_id, invoice_id
    rule = rule_of(db, organisation_id)
    sums = line_sums.of_invoice(db, *key, rule)
    if isinstance(sums, NotYet):
        return sums
    bill, gone = _bill(db, *key), line_sums.gone(db, *key)
    checked = _reconciled(bill, sums, gone, rule).lines if bill else ()
    return OfLine(
        listed=tuple(one for one in sums if one.position == position),
        gone=tuple(one for one in gone if one.position == position),
        checked=next((each for each in checked if each.line.position == position), None),
    )


@dataclass(frozen=True, slots=True)
class _Bill:
    currency: str
    is_credit: bool
    usage: list[UsageLine]
    others: list[int]


def _bill(db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int) -> _Bill | None:
    key = {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice_id}
    head = db.execute(_HEAD, key).fetchone()
    if head is None:
        return None
    lines = db.execute(_LINES, key).fetchall()
    return _Bill(
        currency=head["currency"],
        is_credit=head["kind"] == "credit_note",
        usage=[
            UsageLine(row["position"], row["description"], Money(row["net"], head["currency"]))
            for row in lines
            if row["kind"] == "usage"
        ],
        others=[row["position"] for row in lines if row["kind"] != "usage"],
    )


def _reconciled(bill: _Bill, sums: Sequence[LineSum], gone: Sequence[Gone], rule: Rule) -> Reconciliation:
    return adding_up.reconciled(
        bill.usage, bill.others, sums, gone, rule, bill.currency, is_credit=bill.is_credit
    )


_HEAD = (
    "SELECT kind, currency FROM visible_invoices WHERE organisation_id = :organisation_id"
    " AND account_id = :account_id AND invoice_id = :invoice_id"
)
_LINES = (
    "SELECT position, kind, description, net FROM visible_invoice_lines"
    " WHERE organisation_id = :organisation_id AND invoice_id = :invoice_id ORDER BY position"
)

"""Reconciliation: the usage of a customer's invoice beside its calls, as published."""

import sqlite3

from store.bill import adding_up, line_sums
from store.bill.adding_up import Reconciliation, UsageLine
from store.bill.line_sums import NotYet
from store.bill.rounding import Rounding, Rule
from store.money import Money


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
    key = {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice_id}
    head = db.execute(_HEAD, key).fetchone()
    lines = db.execute(_LINES, key).fetchall() if head else []
    usage = [
        UsageLine(row["position"], row["description"], Money(row["net"], head["currency"]))
        for row in lines
        if row["kind"] == "usage"
    ]
    if not usage:
        return None
    rule = rule_of(db, organisation_id)
    sums = line_sums.of_invoice(db, organisation_id, account_id, invoice_id, rule)
    if isinstance(sums, NotYet):
        return sums
    return adding_up.reconciled(
        usage,
        [row["position"] for row in lines if row["kind"] != "usage"],
        sums,
        line_sums.gone(db, organisation_id, account_id, invoice_id),
        rule,
        head["currency"],
        is_credit=head["kind"] == "credit_note",
    )


_HEAD = (
    "SELECT kind, currency FROM visible_invoices WHERE organisation_id = :organisation_id"
    " AND account_id = :account_id AND invoice_id = :invoice_id"
)
_LINES = (
    "SELECT position, kind, description, net FROM visible_invoice_lines"
    " WHERE organisation_id = :organisation_id AND invoice_id = :invoice_id ORDER BY position"
)

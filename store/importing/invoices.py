"""Invoices and credit notes: one row each, known by number; net, tax, gross, paid and due must add up."""

import secrets
from typing import Any

from store.importing.amounts import minor
from store.importing.cells import choice, words
from store.importing.columns import Column, Context
from store.importing.kind import BuildRow, Kind, Row, Target
from store.importing.refusal import Refused
from store.importing.shared_columns import (
    amount_column,
    currency_column,
    day_column,
    key_text,
    known_account,
    text_column,
)
from store.money import Money, shown

KINDS = words("invoice", "credit_note", credit="credit_note")
STATUSES = words("outstanding", "partly_settled", "settled", "void", paid="settled", voided="void")

_CONTENT = (
    "account_id",
    "kind",
    "issued_on",
    "due_on",
    "period_from",
    "period_to",
    "status",
    "net",
    "tax",
    "gross",
    "paid",
    "due_amount",
    "currency",
    "po_number",
    "credits_number",
    "derived",
)


def _build(context: Context) -> BuildRow:
    def build(values: list[Any]) -> Row:
        (number, account_id, kind, issued_on, due_on, period_from, period_to) = values[:7]
        (status, net, tax, gross, paid, due, currency, po_number, credits_number) = values[7:]
        _check_days(issued_on, due_on, period_from, period_to)
        _check_account(context, number, account_id)
        net, tax, gross = (
            minor(amount, currency, name) for name, amount in (("net", net), ("tax", tax), ("gross", gross))
        )
        if net + tax != gross:
            shown_sum, shown_gross = shown(Money(net + tax, currency)), shown(Money(gross, currency))
            raise Refused(f"net and tax make {shown_sum}, but gross is {shown_gross}", "gross")
        paid = None if paid is None else minor(paid, currency, "paid")
        due = None if due is None else minor(due, currency, "due_amount")
        derived = int(status is None and paid is None and due is None)
        status, paid, due = settled(status, gross, paid, due)
        if status != "void" and paid + due != gross:
            raise Refused("paid and due_amount do not make gross", "due_amount")
        if status == "settled" and due:
            raise Refused("is not 0, though the status is settled", "due_amount")
        amounts = (status, net, tax, gross, paid, due, currency, po_number, credits_number, derived)
        public_id = secrets.token_urlsafe(12)
        days = (kind, issued_on, due_on, period_from, period_to)
        return (number, public_id, account_id, *days, *amounts)

    return build


def settled(status: str | None, gross: int, paid: int | None, due: int | None) -> tuple[str, int, int]:
    """What is not said of status, paid and due, from what is; where nothing is, allocations tell once it is seen."""
    if paid is None and due is None:
        if status == "partly_settled":
            raise Refused("is partly settled, but neither paid nor due_amount is there", "status")
        paid = gross if status == "settled" else 0
        due = 0 if status == "void" else gross - paid
    elif paid is None:
        paid = gross - (due or 0)
    elif due is None:
        due = 0 if status == "void" else gross - paid
    assert paid is not None and due is not None
    if status is None:
        status = "settled" if due == 0 else "outstanding" if paid == 0 else "partly_settled"
    return status, paid, due


def _check_days(issued_on: str, due_on: str | None, period_from: str | None, period_to: str | None) -> None:
    if due_on is not None and due_on < issued_on:
        raise Refused(f"{due_on} is before the date {issued_on}", "due")
    if period_from is not None and period_to is not None and period_to < period_from:
        raise Refused(f"{period_to} is before {period_from}", "period_to")


def _check_account(context: Context, number: str, account_id: int) -> None:
    known = context.references.known_invoice(number)
    if known and known.account_id != account_id:
        raise Refused("belongs to another customer already; withdraw that batch first", "number")


INVOICES = Kind(
    name="invoices",
    columns=(
        Column("number", key_text, distinct=True),
        Column("account_reference", known_account),
        Column("kind", lambda context: choice(KINDS), "invoice"),
        Column("date", day_column("date").parse),
        day_column("due"),
        day_column("period_from"),
        day_column("period_to"),
        Column("status", lambda context: choice(STATUSES), None),
        amount_column("net"),
        amount_column("tax"),
        amount_column("gross"),
        amount_column("paid", None),
        amount_column("due_amount", None),
        currency_column(),
        text_column("po_number"),
        Column("credits_invoice", key_text, ""),
    ),
    staged=("number", "public_id", *_CONTENT),
    key=("number",),
    key_name="number",
    order=("number",),
    build=_build,
    summary="""
SELECT kind, currency, count(*) AS rows, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross
FROM side.staged GROUP BY kind, currency ORDER BY kind DESC, currency""",
    targets=(
        Target(
            table="invoice_revisions",
            identity=("invoice_id",),
            content=_CONTENT,
            keys="""
INSERT INTO invoices (organisation_id, public_id, account_id, number)
SELECT :organisation, s.public_id, s.account_id, s.number
FROM side.staged s WHERE s.seq > :after AND s.seq <= :last
ON CONFLICT (organisation_id, number) DO UPDATE SET account_id = excluded.account_id
WHERE account_id <> excluded.account_id""",
            incoming=f"""
SELECT s.seq, s.row, i.id AS invoice_id, {", ".join(f"s.{name}" for name in _CONTENT)}
FROM side.staged s CROSS JOIN invoices i ON i.organisation_id = :organisation AND i.number = s.number""",
        ),
    ),
)

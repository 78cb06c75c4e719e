"""Payments: one row each, known by external id.

A payment that counts (confirmed, paid out) and names an invoice stands wholly against it, as an implied
allocation, until a file of allocations says how it is divided: what that file said is never changed here.
"""

import secrets
from typing import Any

from store.importing.amounts import minor
from store.importing.cells import choice, text, words
from store.importing.columns import Column, Context
from store.importing.kind import BuildRow, Kind, Row, Target
from store.importing.merge_sql import standing
from store.importing.refusal import Refused, quoted
from store.importing.shared_columns import (
    TEXT_LIMIT,
    amount_column,
    currency_column,
    day_column,
    key_text,
    known_account,
    known_invoice,
    text_column,
)
from store.money import Money, shown

STATUSES = words(
    "pending_approval",
    "pending_submission",
    "submitted",
    "confirmed",
    "paid_out",
    "failed",
    "cancelled",
    "charged_back",
    "denied",
    canceled="cancelled",
    customerapprovaldenied="denied",
)
COUNTING = ("confirmed", "paid_out")

_CONTENT = (
    "account_id",
    "paid_on",
    "method",
    "status",
    "amount",
    "currency",
    "invoice_number",
    "collected_on",
    "failure",
)


def _build(context: Context) -> BuildRow:
    def build(values: list[Any]) -> Row:
        external_id, account_id, paid_on, method, status, amount, currency, invoice, *told = values
        amount = minor(amount, currency, "amount")
        _check_known(context, external_id, account_id, amount, currency)
        number = implied = None
        if invoice is not None:
            if invoice.account_id != account_id:
                raise Refused(f"{quoted(invoice.number)} is another customer's invoice", "invoice_number")
            if invoice.currency != currency:
                raise Refused(f"{quoted(invoice.number)} is in {invoice.currency}", "invoice_number")
            number, implied = invoice.number, invoice.id if status in COUNTING else None
        content = (account_id, paid_on, method, status, amount, currency, number or "", *told)
        return (external_id, secrets.token_urlsafe(12), *content, implied)

    return build


def _check_known(context: Context, external_id: str, account_id: int, amount: int, currency: str) -> None:
    known = context.references.known_payment(external_id)
    if known is None:
        return
    if known.account_id != account_id:
        raise Refused("belongs to another customer already; withdraw that batch first", "external_id")
    if known.amount == amount and known.currency == currency:
        return
    allocated = context.references.allocated(known.id)
    if allocated and allocated != known.amount and abs(allocated) > abs(amount):
        raise Refused(f"is less than the {shown(Money(allocated, currency))} that is allocated", "amount")


_DIVIDED = f"""EXISTS (SELECT 1 FROM allocations a
    WHERE a.organisation_id = :organisation AND a.payment_id = p.id AND {standing("a")}
    AND NOT EXISTS (SELECT 1 FROM payment_revisions r
        JOIN invoices i ON i.organisation_id = :organisation AND i.number = r.invoice_number
        WHERE r.organisation_id = :organisation AND r.payment_id = p.id AND {standing("r")}
        AND i.id = a.invoice_id AND r.amount = a.amount))"""
"""What stands is not just the implied allocation of the payment as it stands: somebody divided it."""
_JOINED = """FROM side.staged s CROSS JOIN payments p
ON p.organisation_id = :organisation AND p.external_id = s.external_id"""

PAYMENTS = Kind(
    name="payments",
    columns=(
        Column("external_id", key_text, distinct=True),
        Column("account_reference", known_account),
        Column("date", day_column("date").parse),
        Column("method", lambda context: text(TEXT_LIMIT), ""),
        Column("status", lambda context: choice(STATUSES), "confirmed"),
        amount_column("amount"),
        currency_column(),
        Column("invoice_number", known_invoice, None),
        day_column("collected_on"),
        text_column("failure"),
    ),
    staged=("external_id", "public_id", *_CONTENT, "implied_invoice_id"),
    key=("external_id",),
    key_name="external_id",
    order=("external_id",),
    build=_build,
    summary="""
SELECT status AS kind, currency, count(*) AS rows, sum(amount) AS gross
FROM side.staged GROUP BY status, currency ORDER BY status, currency""",
    targets=(
        Target(
            table="payment_revisions",
            identity=("payment_id",),
            content=_CONTENT,
            keys="""
INSERT INTO payments (organisation_id, public_id, account_id, external_id)
SELECT :organisation, s.public_id, s.account_id, s.external_id
FROM side.staged s WHERE s.seq > :after AND s.seq <= :last
ON CONFLICT (organisation_id, external_id) DO UPDATE SET account_id = excluded.account_id
WHERE account_id <> excluded.account_id""",
            incoming=f"""
SELECT s.seq, s.row, p.id AS payment_id, {", ".join(f"s.{name}" for name in _CONTENT)} {_JOINED}""",
        ),
        Target(
            table="allocations",
            identity=("payment_id", "invoice_id"),
            content=("amount",),
            incoming=f"""
SELECT s.seq, s.row, p.id AS payment_id, s.implied_invoice_id AS invoice_id, s.amount {_JOINED}
WHERE s.implied_invoice_id IS NOT NULL AND NOT {_DIVIDED}""",
            group_by="payment_id",
            groups=f"SELECT s.seq, s.row, p.id AS payment_id {_JOINED} WHERE NOT {_DIVIDED}",
            counted=False,
        ),
    ),
)

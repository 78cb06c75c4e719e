"""Allocations: which invoices a payment is for; the file holds all allocations of each payment it mentions."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from store.importing.amounts import minor
from store.importing.cells import Parse, key
from store.importing.columns import Column, Context
from store.importing.kind import BuildRow, Kind, Row, Target
from store.importing.refusal import Refusal, Refused
from store.importing.shared_columns import KEY_LIMIT, amount_column, known_invoice
from store.money import Money, shown


def _known_payment(context: Context) -> Parse:
    parse = key(KEY_LIMIT)
    return lambda cell: context.references.payment(str(parse(cell)))


def _build(context: Context) -> BuildRow:
    def build(values: list[Any]) -> Row:
        payment, invoice, amount = values
        if payment.account_id != invoice.account_id:
            raise Refused("is another customer's invoice than the payment", "invoice_number")
        if payment.currency != invoice.currency:
            raise Refused(f"is in {invoice.currency}, the payment in {payment.currency}", "invoice_number")
        amount = minor(amount, payment.currency, "amount")
        if amount * payment.amount < 0:
            raise Refused("has not the sign of the payment's amount", "amount")
        return (payment.id, invoice.id, amount, payment.amount, payment.currency)

    return build


def _check(side: sqlite3.Connection, context: Context) -> Iterator[Refusal]:
    for payment in side.execute(_SUMS):
        allocated, amount = (shown(Money(payment[x], payment["currency"])) for x in ("allocated", "of"))
        yield Refusal(payment["row"], "amount", f"{allocated} is allocated of a payment of {amount}")


_SUMS = """
SELECT max(row) AS row, sum(amount) AS allocated, payment_amount AS of, currency
FROM staged GROUP BY payment_id HAVING abs(sum(amount)) > abs(payment_amount) ORDER BY row"""

ALLOCATIONS = Kind(
    name="allocations",
    columns=(
        Column("payment_external_id", _known_payment),
        Column("invoice_number", known_invoice),
        amount_column("amount"),
    ),
    staged=("payment_id", "invoice_id", "amount", "payment_amount", "currency"),
    key=("payment_id", "invoice_id"),
    key_name="invoice_number",
    order=("payment_id", "invoice_id"),
    build=_build,
    summary="""
SELECT currency, count(*) AS rows, sum(amount) AS gross
FROM side.staged GROUP BY currency ORDER BY currency""",
    check=_check,
    grouped_by="payment_external_id",
    whole_groups=True,
    targets=(
        Target(
            table="allocations",
            identity=("payment_id", "invoice_id"),
            content=("amount",),
            incoming="SELECT * FROM side.staged",
            group_by="payment_id",
        ),
    ),
)

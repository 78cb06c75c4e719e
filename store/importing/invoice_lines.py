"""Invoice lines: the file holds all lines of each invoice it mentions; they add up to it, rate by rate."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from store.importing.amounts import millionths, minor, percent, whole
from store.importing.cells import choice, telephone, words
from store.importing.columns import Column, Context
from store.importing.kind import BuildRow, Kind, Row, Target
from store.importing.refusal import Refusal, Refused
from store.importing.shared_columns import (
    DESCRIPTION_LIMIT,
    TEXT_LIMIT,
    amount_column,
    day_column,
    known_invoice,
    text_column,
)
from store.money import MILLIONTHS, Money, shown

KINDS = words("recurring", "one_off", "usage", "credit")
TAX_CODES = words("standard", "reduced", "zero", "exempt", "reverse_charge")
LAST_POSITION = 1_000_000

_CONTENT = (
    "kind",
    "category",
    "description",
    "cli",
    "cost_centre",
    "period_from",
    "period_to",
    "quantity",
    "unit_price",
    "net",
    "tax_code",
    "tax_rate",
    "tax",
)
_WHOLE_RATE = 100 * MILLIONTHS


def _build(context: Context) -> BuildRow:
    def build(values: list[Any]) -> Row:
        invoice, position, *said = values
        quantity, unit_price, net, tax_code, tax_rate, tax = values[9:]
        if quantity is None:
            quantity = MILLIONTHS
        if unit_price is None and quantity != MILLIONTHS:
            raise Refused("is empty, though there is a quantity", "unit_price")
        price = net if unit_price is None else unit_price
        price = millionths(price, invoice.currency, "unit_price")
        net, tax = minor(net, invoice.currency, "net"), minor(tax, invoice.currency, "tax")
        _check_code(tax_code, tax_rate, tax)
        amounts = (int(quantity), price, net, tax_code, tax_rate, tax)
        of_invoice = (invoice.number, invoice.currency, invoice.net, invoice.tax)
        return (invoice.id, position, *said[:7], *amounts, *of_invoice)

    return build


def _check_code(tax_code: str, tax_rate: int, tax: int) -> None:
    if tax_code in ("zero", "exempt", "reverse_charge") and tax:
        raise Refused(f"is not 0, though the tax code is {tax_code}", "tax")
    if tax_code in ("zero", "exempt") and tax_rate:
        raise Refused(f"is not 0, though the tax code is {tax_code}", "tax_rate")


def _check(side: sqlite3.Connection, context: Context) -> Iterator[Refusal]:
    """Lines against their invoice; then the taxes of each invoice by code and rate, which are staged too."""
    for line in side.execute(_SUMS):
        for name in ("net", "tax"):
            if line[name] != line[f"invoice_{name}"]:
                lines, whole_ = (shown(Money(line[x], line["currency"])) for x in (name, f"invoice_{name}"))
                reason = (
                    f"the lines of invoice {line['number']} make {lines} {name}, the invoice says {whole_};"
                    " the file must hold all lines of an invoice"
                )
                yield Refusal(line["row"], name, reason)
    side.executescript(_TAXES)
    for rate in side.execute("SELECT * FROM staged_taxes"):
        if rate["tax_code"] in ("standard", "reduced") and not adds_up(
            rate["net"], rate["tax_rate"], rate["tax"], rate["lines"]
        ):
            yield Refusal(rate["row"], "tax", _wrong_rate(rate))


def adds_up(net: int, tax_rate: int, tax: int, lines: int) -> bool:
    """Whether tax is net at this rate, up to a rounding of one minor unit a line."""
    return abs(tax * _WHOLE_RATE - net * tax_rate) <= lines * _WHOLE_RATE


def _wrong_rate(rate: sqlite3.Row) -> str:
    currency, percents = rate["currency"], f"{rate['tax_rate'] / MILLIONTHS:g}"
    net, tax = (shown(Money(rate[name], currency)) for name in ("net", "tax"))
    return f"invoice {rate['number']}: {tax} is not {percents}% of {net} ({rate['tax_code']})"


_SUMS = """
SELECT min(row) AS row, number, currency, sum(net) AS net, sum(tax) AS tax, invoice_net, invoice_tax
FROM staged GROUP BY invoice_id HAVING sum(net) <> invoice_net OR sum(tax) <> invoice_tax ORDER BY row"""
_TAXES = """
DROP TABLE IF EXISTS staged_taxes;
CREATE TABLE staged_taxes (
    seq INTEGER PRIMARY KEY, row, lines, invoice_id, number, currency, tax_code, tax_rate, net, tax);
INSERT INTO staged_taxes (row, lines, invoice_id, number, currency, tax_code, tax_rate, net, tax)
SELECT min(row), count(*), invoice_id, number, currency, tax_code, tax_rate, sum(net), sum(tax)
FROM staged GROUP BY invoice_id, tax_code, tax_rate ORDER BY invoice_id, tax_code, tax_rate;"""

INVOICE_LINES = Kind(
    name="invoice_lines",
    columns=(
        Column("invoice_number", known_invoice),
        Column("position", lambda context: whole(context.source, 1, LAST_POSITION)),
        Column("kind", lambda context: choice(KINDS), "recurring"),
        text_column("category"),
        text_column("description", DESCRIPTION_LIMIT),
        Column("cli", lambda context: telephone(TEXT_LIMIT, context.source, ours=True), ""),
        text_column("cost_centre"),
        day_column("period_from"),
        day_column("period_to"),
        amount_column("quantity", None),
        amount_column("unit_price", None),
        amount_column("net"),
        Column("tax_code", lambda context: choice(TAX_CODES)),
        Column("tax_rate", lambda context: percent(context.source)),
        amount_column("tax"),
    ),
    staged=("invoice_id", "position", *_CONTENT, "number", "currency", "invoice_net", "invoice_tax"),
    key=("invoice_id", "position"),
    key_name="position",
    order=("invoice_id", "position"),
    build=_build,
    summary="""
SELECT kind, currency, count(*) AS rows, sum(net) AS net, sum(tax) AS tax, sum(net + tax) AS gross
FROM side.staged GROUP BY kind, currency ORDER BY kind, currency""",
    check=_check,
    grouped_by="invoice_number",
    targets=(
        Target(
            table="invoice_lines",
            identity=("invoice_id", "position"),
            content=_CONTENT,
            incoming="SELECT * FROM side.staged",
            group_by="invoice_id",
            large_groups=True,
        ),
        Target(
            table="invoice_taxes",
            identity=("invoice_id", "tax_code", "tax_rate"),
            content=("net", "tax"),
            incoming="SELECT * FROM side.staged_taxes",
            group_by="invoice_id",
            staged="staged_taxes",
            counted=False,
        ),
    ),
)

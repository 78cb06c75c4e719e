"""Reading: an invoice of the store as the API shows it."""

import sqlite3
from datetime import date
from typing import Any

from admin.api.amounts import amount, plain
from admin.api.invoices.shapes import DocumentFacts, Invoice, InvoiceLine, InvoiceTax, Settlement
from admin.api.words import camel
from store import documents, invoice_lines
from store.instants import from_ms
from store.invoice_lines import Line
from store.listings import invoices as listing


def invoice(db: sqlite3.Connection, organisation_id: int, number: str) -> Invoice | None:
    """The visible invoice of this number, with all that belongs to it."""
    row = listing.by_number(db, organisation_id, number)
    if row is None:
        return None
    account_id, invoice_id, currency = row["account_id"], row["invoice_id"], row["currency"]
    lines = invoice_lines.of_invoice(db, organisation_id, account_id, invoice_id, currency)
    taxes = invoice_lines.taxes(db, organisation_id, account_id, invoice_id, currency)
    document = documents.of_invoice(db, organisation_id, account_id, invoice_id)
    return Invoice(
        **head(row),
        lines=[_line(line) for line in lines],
        taxes=[
            InvoiceTax(
                tax_code=camel(tax.code),
                tax_rate=plain(tax.rate),
                net=amount(tax.net.minor, currency),
                tax=amount(tax.tax.minor, currency),
            )
            for tax in taxes
        ],
        allocations=[
            Settlement(payment_external_id=each["external_id"], amount=amount(each["amount"], currency))
            for each in listing.allocations(db, organisation_id, invoice_id)
        ],
        document=DocumentFacts(file_name=document.file_name, size=document.size, sha256=document.sha256.hex())
        if document
        else None,
    )


def head(row: sqlite3.Row) -> dict[str, Any]:
    """The fields of an `InvoiceHead`."""
    currency = row["currency"]
    return {
        "number": row["number"],
        "account_reference": row["account_reference"],
        "kind": camel(row["kind"]),
        "date": date.fromisoformat(row["issued_on"]),
        "due": _day(row["due_on"]),
        "period_from": _day(row["period_from"]),
        "period_to": _day(row["period_to"]),
        "status": camel(row["status"]),
        **{name: amount(row[name], currency) for name in ("net", "tax", "gross", "paid", "due_amount")},
        "currency": currency,
        "po_number": row["po_number"],
        "credits_invoice": row["credits_number"],
        "updated_at": from_ms(row["published_at"]),
    }


def _line(line: Line) -> InvoiceLine:
    return InvoiceLine(
        position=line.position,
        kind=camel(line.kind.value),
        category=line.category,
        description=line.description,
        cli=line.cli,
        cost_centre=line.cost_centre,
        period_from=line.period_from,
        period_to=line.period_to,
        quantity=plain(line.quantity),
        unit_price=plain(line.unit_price),
        net=amount(line.net.minor, line.net.currency),
        tax_code=camel(line.tax_code),
        tax_rate=plain(line.tax_rate),
        tax=amount(line.tax.minor, line.tax.currency),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""The lines of an invoice as CSV."""

import sqlite3
from collections.abc import Callable

from aiohttp import web

from portal.csv_stream import Pages, csv_response
from portal.formats import quantity
from portal.invoices.file_name import safe_name
from portal.services import services
from portal.visit import Visit
from portal.words import N_, _
from store import invoice_lines, invoices
from store.invoice_lines import Line
from store.invoices import Invoice
from store.money import decimal, decimal_text

ROWS = 500
"""Lines that are written at a time."""


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/{public_id}/lines.csv"""
    found = await services(request).store.read(_found, visit, request.match_info["public_id"])
    if found is None:
        raise web.HTTPNotFound
    invoice, lines = found
    name = safe_name(invoice.number).encode("ascii", "ignore").decode().strip() or "invoice"
    return await csv_response(
        request, f"{name}-lines.csv", [_(each) for each, _cell in _COLUMNS], _rows(lines)
    )


async def _rows(lines: list[Line]) -> Pages:
    for start in range(0, len(lines), ROWS):
        yield [[cell(line) for _name, cell in _COLUMNS] for line in lines[start : start + ROWS]]


def _found(db: sqlite3.Connection, visit: Visit, public_id: str) -> tuple[Invoice, list[Line]] | None:
    key = visit.organisation_id, visit.account_id
    invoice = invoices.find(db, *key, public_id)
    if invoice is None:
        return None
    return invoice, invoice_lines.of_invoice(db, *key, invoice.invoice_id, invoice.gross.currency)


_COLUMNS: tuple[tuple[str, Callable[[Line], str]], ...] = (
    (N_("Line"), lambda line: str(line.position)),
    (N_("Kind"), lambda line: line.category),
    (N_("Description"), lambda line: line.description),
    (N_("Number"), lambda line: line.cli),
    (N_("Cost centre"), lambda line: line.cost_centre),
    (N_("Period from"), lambda line: line.period_from.isoformat() if line.period_from else ""),
    (N_("Period to"), lambda line: line.period_to.isoformat() if line.period_to else ""),
    (N_("Quantity"), lambda line: decimal_text(line.quantity, 6)),
    (N_("Unit price"), lambda line: decimal_text(line.unit_price, 6)),
    (N_("Net"), lambda line: decimal(line.net)),
    (N_("VAT code"), lambda line: line.tax_code),
    (N_("VAT rate"), lambda line: quantity(line.tax_rate)),
    (N_("VAT"), lambda line: decimal(line.tax)),
    (N_("Currency"), lambda line: line.net.currency),
)

"""Sheets: what an organisation owns as tables that anybody reads, a page at a time, in the columns of an import.

Only what customers can see is in them: the published rows that nothing published has replaced. Text that a
spreadsheet would take for a formula is led by an apostrophe; numbers and telephone numbers are left as they are.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from store.instants import from_ms
from store.money import decimal_text, exponent

ROWS = 1000
"""A page: some milliseconds of reading."""

Cell = Callable[[sqlite3.Row], str]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a sheet, as text; `then` is the key after which the next page begins, None: that was all."""

    rows: list[list[str]]
    then: Key | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of an export."""

    name: str
    columns: dict[str, Cell]
    query: str
    """Selects what the cells need and the key, of one organisation."""
    key: tuple[str, ...]
    """What the rows are ordered by, each as `k0`, `k1`, ... of the query's result."""


def page(db: sqlite3.Connection, organisation_id: int, sheet: Sheet, after: Key | None) -> Page:
    """The rows of a sheet after a key."""
    names = [f":k{index}" for index in range(len(sheet.key))]
    place = f" AND ({', '.join(sheet.key)}) > ({', '.join(names)})" if after else ""
    rows = db.execute(
        f"{sheet.query}{place} ORDER BY {', '.join(sheet.key)} LIMIT :rows",
        {"organisation_id": organisation_id, "rows": ROWS}
        | ({f"k{index}": part for index, part in enumerate(after)} if after else {}),
    ).fetchall()
    cells = list(sheet.columns.values())
    then = tuple(rows[-1][f"k{index}"] for index in range(len(sheet.key))) if len(rows) == ROWS else None
    return Page([[cell(row) for cell in cells] for row in rows], then)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in _FORMULA else text


_FORMULA = frozenset("=+-@\t\r")


def _text(name: str) -> Cell:
    return lambda row: harmless(row[name] or "")


def _plain(name: str) -> Cell:
    """Numbers, dates, references and telephone numbers: as they are stored."""
    return lambda row: "" if row[name] is None else str(row[name])


def _money(name: str) -> Cell:
    return lambda row: decimal_text(row[name], exponent(row["currency"]))


def _millionths(name: str) -> Cell:
    return lambda row: decimal_text(row[name], 6)


def _instant(name: str) -> Cell:
    return lambda row: "" if row[name] is None else from_ms(row[name]).isoformat()


def _started(row: sqlite3.Row) -> str:
    return from_ms(row["started"] * 1000).isoformat()


def _typed_number(row: sqlite3.Row) -> str:
    """A number that a customer typed: with its plus where it is one."""
    number: str = row["number"]
    return number if number.removeprefix("+").replace(" ", "").isdecimal() else harmless(number)


_ADDRESS = ("address1", "address2", "town", "county", "postcode", "country")
CUSTOMERS = Sheet(
    "customers",
    {"reference": _plain("reference"), "name": _text("name"), "type": _plain("type")}
    | {"email": _text("email"), "phone": _plain("phone")}
    | {name: _text(name) for name in _ADDRESS},
    "SELECT a.*, a.account_id AS k0 FROM visible_accounts a WHERE a.organisation_id = :organisation_id",
    ("a.account_id",),
)
MANDATES = Sheet(
    "mandates",
    {"external_id": _plain("external_id"), "account_reference": _plain("reference")}
    | {"scheme": _plain("scheme"), "provider": _text("provider"), "bank": _text("bank")}
    | {
        name: _plain(name)
        for name in ("account_ending", "status", "is_default", "collection_day", "signed_on")
    },
    "SELECT m.*, a.reference, m.mandate_id AS k0 FROM visible_mandates m"
    " JOIN accounts a ON a.organisation_id = m.organisation_id AND a.id = m.account_id"
    " WHERE m.organisation_id = :organisation_id",
    ("m.mandate_id",),
)
INVOICES = Sheet(
    "invoices",
    {"number": _plain("number"), "account_reference": _plain("reference"), "kind": _plain("kind")}
    | {"date": _plain("issued_on"), "due": _plain("due_on")}
    | {name: _plain(name) for name in ("period_from", "period_to", "status")}
    | {name: _money(name) for name in ("net", "tax", "gross", "paid", "due_amount")}
    | {"currency": _plain("currency"), "po_number": _text("po_number")}
    | {"credits_invoice": _plain("credits_number")},
    "SELECT i.*, a.reference, i.invoice_id AS k0 FROM visible_invoices i"
    " JOIN accounts a ON a.organisation_id = i.organisation_id AND a.id = i.account_id"
    " WHERE i.organisation_id = :organisation_id",
    ("i.invoice_id",),
)
INVOICE_LINES = Sheet(
    "invoice_lines",
    {"invoice_number": _plain("number"), "position": _plain("position"), "kind": _plain("kind")}
    | {"category": _text("category"), "description": _text("description"), "cli": _plain("cli")}
    | {"cost_centre": _text("cost_centre")}
    | {name: _plain(name) for name in ("period_from", "period_to")}
    | {name: _millionths(name) for name in ("quantity", "unit_price")}
    | {"net": _money("net"), "tax_code": _plain("tax_code"), "tax_rate": _millionths("tax_rate")}
    | {"tax": _money("tax")},
    "SELECT l.*, i.number, i.currency, l.invoice_id AS k0, l.position AS k1 FROM visible_invoice_lines l"
    " JOIN visible_invoices i ON i.organisation_id = l.organisation_id AND i.invoice_id = l.invoice_id"
    " WHERE l.organisation_id = :organisation_id",
    ("l.invoice_id", "l.position"),
)
PAYMENTS = Sheet(
    "payments",
    {
        "external_id": _plain("external_id"),
        "account_reference": _plain("reference"),
        "date": _plain("paid_on"),
    }
    | {"method": _text("method"), "status": _plain("status"), "amount": _money("amount")}
    | {name: _plain(name) for name in ("currency", "invoice_number", "collected_on")}
    | {"failure": _text("failure")},
    "SELECT p.*, a.reference, p.payment_id AS k0 FROM visible_payments p"
    " JOIN accounts a ON a.organisation_id = p.organisation_id AND a.id = p.account_id"
    " WHERE p.organisation_id = :organisation_id",
    ("p.payment_id",),
)
ALLOCATIONS = Sheet(
    "allocations",
    {
        "payment_external_id": _plain("external_id"),
        "invoice_number": _plain("number"),
        "amount": _money("amount"),
    },
    "SELECT l.amount, p.external_id, p.currency, i.number, l.payment_id AS k0, l.id AS k1 FROM visible_allocations l"
    " JOIN visible_payments p ON p.organisation_id = l.organisation_id AND p.payment_id = l.payment_id"
    " JOIN invoices i ON i.organisation_id = l.organisation_id AND i.id = l.invoice_id"
    " WHERE l.organisation_id = :organisation_id",
    ("l.payment_id", "l.id"),
)
_CALL_TEXTS = ("destination", "destination_group", "charge_band")
CALLS = Sheet(
    "calls",
    {"external_id": _plain("external_id"), "account_reference": _plain("reference"), "cli": _plain("cli")}
    | {"direction": _plain("direction"), "type": _plain("type"), "started": _started}
    | {name: _plain(name) for name in ("duration_seconds", "billed_seconds", "data_bytes", "number")}
    | {name: _text(name) for name in _CALL_TEXTS}
    | {name: _millionths(name) for name in ("net_price", "access_charge", "service_charge")}
    | {"in_bundle": _plain("in_bundle"), "cost_centre": _text("cost_centre"), "currency": _plain("currency")}
    | {"invoice_number": _plain("invoice_number"), "invoice_line": _plain("line_position")},
    "SELECT c.*, a.reference, i.number AS invoice_number, c.account_id AS k0, c.started AS k1,"
    " c.external_hash AS k2, c.batch_id AS k3 FROM visible_calls c"
    " JOIN accounts a ON a.organisation_id = c.organisation_id AND a.id = c.account_id"
    " LEFT JOIN invoices i ON i.organisation_id = c.organisation_id AND i.id = c.invoice_id"
    " WHERE c.organisation_id = :organisation_id",
    ("c.account_id", "c.started", "c.external_hash", "c.batch_id"),
)
_HISTORY_KEY = ("account_id", "invoice_id", "line_position", "month", "type", "direction", "in_bundle")
CALL_HISTORY = Sheet(
    "call_history",
    {"account_reference": _plain("reference"), "month": _plain("month")}
    | {name: _plain(name) for name in ("type", "direction", "in_bundle", "currency", "calls")}
    | {name: _plain(name) for name in ("duration_seconds", "billed_seconds", "data_bytes")}
    | {"net_price": _millionths("net_price"), "invoice_number": _plain("invoice_number")}
    | {"invoice_line": _plain("line_position")},
    "SELECT h.*, a.reference, i.number AS invoice_number, "
    + ", ".join(f"h.{name} AS k{index}" for index, name in enumerate((*_HISTORY_KEY, "currency", "batch_id")))
    + " FROM visible_call_history h"
    " JOIN accounts a ON a.organisation_id = h.organisation_id AND a.id = h.account_id"
    " LEFT JOIN invoices i ON i.organisation_id = h.organisation_id AND i.id = h.invoice_id"
    " WHERE h.organisation_id = :organisation_id",
    tuple(f"h.{name}" for name in (*_HISTORY_KEY, "currency", "batch_id")),
)
USERS = Sheet(
    "users",
    {"email": _text("email"), "name": _text("name"), "status": _plain("status")}
    | {"account_reference": _plain("reference"), "role": _plain("role")}
    | {"created": _instant("created_at"), "last_seen": _instant("seen_at")},
    "SELECT u.*, a.reference, m.role, u.id AS k0, coalesce(m.account_id, 0) AS k1 FROM users u"
    " LEFT JOIN memberships m ON m.organisation_id = u.organisation_id AND m.user_id = u.id"
    " LEFT JOIN accounts a ON a.organisation_id = m.organisation_id AND a.id = m.account_id"
    " WHERE u.organisation_id = :organisation_id",
    ("u.id", "coalesce(m.account_id, 0)"),
)
EDITS = Sheet(
    "customer_edits",
    {"account_reference": _plain("reference"), "field": _plain("field"), "value": _text("value")}
    | {"imported_value": _text("imported_value"), "edited": _instant("edited_at")},
    "SELECT e.*, a.reference, e.account_id AS k0, e.field AS k1 FROM account_edits e"
    " JOIN accounts a ON a.organisation_id = e.organisation_id AND a.id = e.account_id"
    " WHERE e.organisation_id = :organisation_id",
    ("e.account_id", "e.field"),
)
NUMBER_NAMES = Sheet(
    "number_names",
    {"account_reference": _plain("reference"), "number": _typed_number, "name": _text("name")}
    | {"named": _instant("named_at")},
    "SELECT n.*, a.reference, n.account_id AS k0, n.number AS k1 FROM number_names n"
    " JOIN accounts a ON a.organisation_id = n.organisation_id AND a.id = n.account_id"
    " WHERE n.organisation_id = :organisation_id",
    ("n.account_id", "n.number"),
)
ITEMISATIONS = Sheet(
    "itemisations",
    {
        "account_reference": _plain("reference"),
        "itemised": _plain("itemised"),
        "chosen": _instant("chosen_at"),
    },
    "SELECT i.*, a.reference, i.account_id AS k0 FROM itemisations i"
    " JOIN accounts a ON a.organisation_id = i.organisation_id AND a.id = i.account_id"
    " WHERE i.organisation_id = :organisation_id",
    ("i.account_id",),
)
ACTIVITY = Sheet(
    "activity",
    {"at": _instant("at")}
    | {name: _text(name) for name in ("actor", "action", "object", "detail", "address")},
    "SELECT d.*, d.id AS k0 FROM audit d WHERE d.organisation_id = :organisation_id",
    ("d.id",),
)
SHEETS = (
    CUSTOMERS,
    MANDATES,
    INVOICES,
    INVOICE_LINES,
    PAYMENTS,
    ALLOCATIONS,
    CALLS,
    CALL_HISTORY,
    USERS,
    EDITS,
    NUMBER_NAMES,
    ITEMISATIONS,
    ACTIVITY,
)
"""In the order in which another installation would import the first seven."""

"""Invoice lines and VAT: what an invoice is made of, line by line and rate by rate."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from enum import Enum

from store.money import Money


class LineKind(Enum):
    """Why a line is on the invoice."""

    RECURRING = "recurring"
    ONE_OFF = "one_off"
    USAGE = "usage"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; quantity and price in millionths, the rate in millionths of a percent."""

    position: int
    kind: LineKind
    category: str
    description: str
    cli: str
    cost_centre: str
    period_from: date | None
    period_to: date | None
    quantity: int
    unit_price: int
    net: Money
    tax_code: str
    tax_rate: int
    tax: Money
    has_calls: bool


@dataclass(frozen=True, slots=True)
class Vat:
    """One rate of VAT on an invoice, as invoiced."""

    code: str
    rate: int
    net: Money
    tax: Money


def of_invoice(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int, currency: str
) -> list[Line]:
    """The lines of a customer's invoice, in order."""
    rows = db.execute(
        f"{_SELECT} ORDER BY l.position",
        {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice_id},
    )
    return [_line(row, currency) for row in rows]


def find(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    invoice_id: int,
    position: int,
    currency: str,
) -> Line | None:
    """One line of a customer's invoice."""
    row = db.execute(
        f"{_SELECT} AND l.position = :position",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "invoice_id": invoice_id,
            "position": position,
        },
    ).fetchone()
    return _line(row, currency) if row else None


def taxes(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int, currency: str
) -> list[Vat]:
    """The VAT of a customer's invoice by rate, the highest first."""
    rows = db.execute(
        "SELECT t.tax_code, t.tax_rate, t.net, t.tax FROM visible_invoice_taxes t"
        f" WHERE t.organisation_id = :organisation_id AND t.invoice_id = :invoice_id AND {_OF_ACCOUNT.format('t')}"
        " ORDER BY t.tax_rate DESC, t.tax_code",
        {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice_id},
    )
    return [
        Vat(row["tax_code"], row["tax_rate"], Money(row["net"], currency), Money(row["tax"], currency))
        for row in rows
    ]


_OF_ACCOUNT = (
    "EXISTS (SELECT 1 FROM invoices i WHERE i.organisation_id = {0}.organisation_id"
    " AND i.id = {0}.invoice_id AND i.account_id = :account_id)"
)
_SELECT = (
    "SELECT l.position, l.kind, l.category, l.description, l.cli, l.cost_centre, l.period_from, l.period_to,"
    " l.quantity, l.unit_price, l.net, l.tax_code, l.tax_rate, l.tax,"
    " EXISTS (SELECT 1 FROM visible_calls c WHERE c.organisation_id = l.organisation_id"
    " AND c.account_id = :account_id AND c.invoice_id = l.invoice_id AND c.line_position = l.position)"
    " AS has_calls FROM visible_invoice_lines l"
    f" WHERE l.organisation_id = :organisation_id AND l.invoice_id = :invoice_id AND {_OF_ACCOUNT.format('l')}"
)


def _line(row: sqlite3.Row, currency: str) -> Line:
    return Line(
        position=row["position"],
        kind=LineKind(row["kind"]),
        category=row["category"],
        description=row["description"],
        cli=row["cli"],
        cost_centre=row["cost_centre"],
        period_from=date.fromisoformat(row["period_from"]) if row["period_from"] else None,
        period_to=date.fromisoformat(row["period_to"]) if row["period_to"] else None,
        quantity=row["quantity"],
        unit_price=row["unit_price"],
        net=Money(row["net"], currency),
        tax_code=row["tax_code"],
        tax_rate=row["tax_rate"],
        tax=Money(row["tax"], currency),
        has_calls=bool(row["has_calls"]),
    )

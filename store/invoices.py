"""Invoices and credit notes of a customer, as published: the list, its totals, one month after another."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from enum import Enum

from store.money import Money, currencies_of


class Kind(Enum):
    """What a document asks for: money, or gives it back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Status(Enum):
    """How far an invoice is settled, by the organisation's books."""

    OUTSTANDING = "outstanding"
    PARTLY_SETTLED = "partly_settled"
    SETTLED = "settled"
    VOID = "void"


class Show(Enum):
    """What a list is narrowed to."""

    ALL = "all"
    DUE = "due"
    OVERDUE = "overdue"
    SETTLED = "settled"
    CREDITS = "credits"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Invoice:
    """The head of an invoice or a credit note."""

    invoice_id: int
    public_id: str
    number: str
    kind: Kind
    status: Status
    issued_on: date
    due_on: date | None
    period_from: date | None
    period_to: date | None
    net: Money
    tax: Money
    gross: Money
    paid: Money
    due: Money
    po_number: str
    credits_number: str

    @property
    def is_open(self) -> bool:
        """Whether something is left to settle."""
        return self.status in (Status.OUTSTANDING, Status.PARTLY_SETTLED)

    @property
    def is_credit(self) -> bool:
        return self.kind is Kind.CREDIT_NOTE

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed; `today` is the organisation's, so overdue begins at its midnight."""
        return self.is_open and not self.is_credit and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class Filter:
    """How a list is narrowed."""

    show: Show = Show.ALL
    first: date | None = None
    """Issued on this day or later."""
    last: date | None = None
    search: str = ""
    """In its number, its order and the words of its lines."""
    least: int | None = None
    """Of the total, without its sign, in thousandths of the currency's unit."""
    most: int | None = None
    cost_centre: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: the row after which it goes on."""

    issued_on: date
    number: str


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    chosen: Filter,
    *,
    today: date,
    after: Cursor | None,
    limit: int,
) -> list[Invoice]:
    """Invoices and credit notes, newest first, from a place on."""
    after_place = " AND (issued_on, number) < (:after_on, :after_number)" if after else ""
    rows = db.execute(
        f"{_SELECT} AND {_condition(chosen)}{after_place} ORDER BY issued_on DESC, number DESC LIMIT :limit",
        _values(chosen)
        | {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "today": today.isoformat(),
            "after_on": after.issued_on.isoformat() if after else None,
            "after_number": after.number if after else None,
            "limit": limit,
        },
    )
    return [_invoice(row) for row in rows]


def _condition(chosen: Filter) -> str:
    conditions = [_SHOWN[chosen.show]]
    if chosen.first:
        conditions.append("issued_on >= :first")
    if chosen.last:
        conditions.append("issued_on <= :last")
    if chosen.search:
        conditions.append(
            "(number LIKE :search ESCAPE '\\' OR po_number LIKE :search ESCAPE '\\'"
            f" OR {_HAS_LINE.format('l.description LIKE :search ESCAPE $')})".replace("$", "'\\'")
        )
    if chosen.least is not None:
        conditions.append(f"{_THOUSANDTHS} >= :least")
    if chosen.most is not None:
        conditions.append(f"{_THOUSANDTHS} <= :most")
    if chosen.cost_centre:
        conditions.append(_HAS_LINE.format("l.cost_centre = :cost_centre"))
    return " AND ".join(conditions)


def _values(chosen: Filter) -> dict[str, object]:
    return {
        "first": chosen.first.isoformat() if chosen.first else None,
        "last": chosen.last.isoformat() if chosen.last else None,
        "search": _like(chosen.search),
        "least": chosen.least,
        "most": chosen.most,
        "cost_centre": chosen.cost_centre,
    }


def find(db: sqlite3.Connection, organisation_id: int, account_id: int, public_id: str) -> Invoice | None:
    """The customer's invoice of this public id."""
    return _one(db, organisation_id, account_id, "public_id", public_id)


def by_id(db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int) -> Invoice | None:
    """The customer's invoice of this id."""
    return _one(db, organisation_id, account_id, "invoice_id", invoice_id)


def by_number(db: sqlite3.Connection, organisation_id: int, account_id: int, number: str) -> Invoice | None:
    """The customer's invoice of this number."""
    return _one(db, organisation_id, account_id, "number", number)


def credit_notes(db: sqlite3.Connection, organisation_id: int, account_id: int, number: str) -> list[Invoice]:
    """The credit notes that name this invoice."""
    rows = db.execute(
        f"{_SELECT} AND kind = 'credit_note' AND credits_number = :number ORDER BY issued_on, number",
        {"organisation_id": organisation_id, "account_id": account_id, "number": number},
    )
    return [_invoice(row) for row in rows]


def _thousandths() -> str:
    """The SQL of a total's size in thousandths of its currency's unit."""
    places = {3: 1, 0: 1000}
    cases = " ".join(
        f"WHEN currency IN ({', '.join(repr(code) for code in currencies_of(number))}) THEN {times}"
        for number, times in places.items()
    )
    return f"abs(gross) * (CASE {cases} ELSE 10 END)"


_THOUSANDTHS = _thousandths()
_HAS_LINE = (
    "EXISTS (SELECT 1 FROM visible_invoice_lines l WHERE l.organisation_id = visible_invoices.organisation_id"
    " AND l.invoice_id = visible_invoices.invoice_id AND {})"
)
_OPEN = "status IN ('outstanding', 'partly_settled')"
_SHOWN = {
    Show.ALL: "1 = 1",
    Show.DUE: f"kind = 'invoice' AND {_OPEN}",
    Show.OVERDUE: f"kind = 'invoice' AND {_OPEN} AND due_on < :today",
    Show.SETTLED: "status = 'settled'",
    Show.CREDITS: "kind = 'credit_note'",
    Show.VOID: "status = 'void'",
}
_SELECT = (
    "SELECT invoice_id, public_id, number, kind, status, issued_on, due_on, period_from, period_to, net, tax,"
    " gross, paid, due_amount, currency, po_number, credits_number FROM visible_invoices"
    " WHERE organisation_id = :organisation_id AND account_id = :account_id"
)


def _one(
    db: sqlite3.Connection, organisation_id: int, account_id: int, column: str, value: str | int
) -> Invoice | None:
    row = db.execute(
        f"{_SELECT} AND {column} = :value",
        {"organisation_id": organisation_id, "account_id": account_id, "value": value},
    ).fetchone()
    return _invoice(row) if row else None


def _like(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return f"%{text}%"


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _invoice(row: sqlite3.Row) -> Invoice:
    currency = row["currency"]
    return Invoice(
        invoice_id=row["invoice_id"],
        public_id=row["public_id"],
        number=row["number"],
        kind=Kind(row["kind"]),
        status=Status(row["status"]),
        issued_on=date.fromisoformat(row["issued_on"]),
        due_on=_date(row["due_on"]),
        period_from=_date(row["period_from"]),
        period_to=_date(row["period_to"]),
        net=Money(row["net"], currency),
        tax=Money(row["tax"], currency),
        gross=Money(row["gross"], currency),
        paid=Money(row["paid"], currency),
        due=Money(row["due_amount"], currency),
        po_number=row["po_number"],
        credits_number=row["credits_number"],
    )

"""Mailable: published invoices and credit notes of published customers, to choose from what is mailed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from store.invoices import Kind
from store.mailing_items import HAD
from store.money import Money


@dataclass(frozen=True, slots=True)
class Invoice:
    """One of them, with its customer; `had`: it was mailed, or is about to be."""

    invoice_id: int
    public_id: str
    number: str
    kind: Kind
    issued_on: date
    gross: Money
    account_id: int
    account_reference: str
    account_name: str
    email: str
    had: bool
    has_document: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """How the list is narrowed; `search` is in a number, an order number, a customer's name or reference."""

    search: str = ""
    batch_id: int | None = None
    not_had: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: the row after which it goes on."""

    issued_on: date
    number: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a billing run would mail: documents new in it, of them mailed before, and without an address."""

    documents: int
    had: int
    no_address: int


def page(
    db: sqlite3.Connection, organisation_id: int, chosen: Filter, after: Cursor | None, limit: int
) -> list[Invoice]:
    """What may be mailed, newest first: nothing that is void."""
    conditions = ["i.status <> 'void'"]
    if chosen.search:
        conditions.append(
            "(i.number LIKE :search ESCAPE '\\' OR i.po_number LIKE :search ESCAPE '\\'"
            " OR a.name LIKE :search ESCAPE '\\' OR a.reference LIKE :search ESCAPE '\\')"
        )
    if chosen.batch_id is not None:
        conditions.append("i.batch_id = :batch_id")
    if chosen.not_had:
        conditions.append(f"NOT {_HAD}")
    if after:
        conditions.append("(i.issued_on, i.number) < (:after_on, :after_number)")
    rows = db.execute(
        f"{_SELECT} AND {' AND '.join(conditions)} ORDER BY i.issued_on DESC, i.number DESC LIMIT :limit",
        {
            "organisation_id": organisation_id,
            "search": _like(chosen.search),
            "batch_id": chosen.batch_id,
            "after_on": after.issued_on.isoformat() if after else None,
            "after_number": after.number if after else None,
            "limit": limit,
        },
    )
    return [_invoice(row) for row in rows]


def by_public_ids(db: sqlite3.Connection, organisation_id: int, public_ids: Sequence[str]) -> list[Invoice]:
    """Those of these that are the organisation's and may be mailed, in the order given."""
    found = [
        db.execute(
            f"{_SELECT} AND i.public_id = :public_id AND i.status <> 'void'",
            {"organisation_id": organisation_id, "public_id": public_id},
        ).fetchone()
        for public_id in dict.fromkeys(public_ids)
    ]
    return [_invoice(row) for row in found if row]


def by_id(db: sqlite3.Connection, organisation_id: int, invoice_id: int) -> Invoice | None:
    """The invoice of this id, if it may be mailed."""
    row = db.execute(
        f"{_SELECT} AND i.invoice_id = :invoice_id AND i.status <> 'void'",
        {"organisation_id": organisation_id, "invoice_id": invoice_id},
    ).fetchone()
    return _invoice(row) if row else None


def run(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> Run:
    """What a mailing of a billing run would come to."""
    row = db.execute(_RUN, {"organisation_id": organisation_id, "batch": batch_id}).fetchone()
    return Run(row["documents"], row["had"] or 0, row["no_address"] or 0)


def first_of_run(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> Invoice | None:
    """One invoice of a billing run, to look at."""
    row = db.execute(
        f"{_SELECT} AND i.batch_id = :batch_id AND i.status <> 'void' ORDER BY a.email = '', i.number LIMIT 1",
        {"organisation_id": organisation_id, "batch_id": batch_id},
    ).fetchone()
    return _invoice(row) if row else None


_HAD = HAD.format(object_id="i.invoice_id", purpose="'new_invoice'", mailing_id="0", whose="TRUE")
_EMAIL = "coalesce(e.value, a.email)"
_FROM = (
    "visible_invoices i JOIN visible_accounts a ON a.organisation_id = i.organisation_id"
    " AND a.account_id = i.account_id LEFT JOIN account_edits e ON e.organisation_id = i.organisation_id"
    " AND e.account_id = i.account_id AND e.field = 'email'"
)
_SELECT = (
    "SELECT i.invoice_id, i.public_id, i.number, i.kind, i.issued_on, i.gross, i.currency, i.account_id,"
    f" a.reference, a.name, {_EMAIL} AS email, {_HAD} AS had,"
    " EXISTS (SELECT 1 FROM visible_documents d WHERE d.organisation_id = i.organisation_id"
    " AND d.invoice_id = i.invoice_id) AS has_document"
    f" FROM {_FROM} WHERE i.organisation_id = :organisation_id"
)
_RUN = f"""
SELECT count(*) AS documents, sum({_HAD}) AS had, sum({_EMAIL} = '') AS no_address
FROM invoice_revisions r CROSS JOIN {_FROM}
WHERE i.organisation_id = r.organisation_id AND i.invoice_id = r.invoice_id AND i.status <> 'void'
AND r.batch_id = :batch AND r.organisation_id = :organisation_id
AND NOT EXISTS (SELECT 1 FROM invoice_revisions o JOIN batches b ON b.id = o.batch_id
    WHERE o.organisation_id = r.organisation_id AND o.invoice_id = r.invoice_id AND o.id < r.id
    AND b.state = 'published')"""


def _like(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return f"%{text}%"


def _invoice(row: sqlite3.Row) -> Invoice:
    return Invoice(
        invoice_id=row["invoice_id"],
        public_id=row["public_id"],
        number=row["number"],
        kind=Kind(row["kind"]),
        issued_on=date.fromisoformat(row["issued_on"]),
        gross=Money(row["gross"], row["currency"]),
        account_id=row["account_id"],
        account_reference=row["reference"],
        account_name=row["name"],
        email=row["email"],
        had=bool(row["had"]),
        has_document=bool(row["has_document"]),
    )

"""Revisions: every version of an invoice that an import brought, each with the PDF that came for it."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from store.documents import Document
from store.instants import from_ms, maybe_instant
from store.money import Money


@dataclass(frozen=True, slots=True)
class RevisionDocument:
    """A PDF of an invoice; `current`: the one that customers get."""

    id: int
    batch_id: int
    document: Document
    current: bool


@dataclass(frozen=True, slots=True)
class InvoiceRevision:
    """An invoice as one batch had it; `current`: as customers see it."""

    batch_id: int
    batch_state: str
    file_name: str
    imported_at: datetime
    published_at: datetime | None
    current: bool
    issued_on: date
    due_on: date | None
    status: str
    net: Money
    tax: Money
    gross: Money
    due: Money
    documents: tuple[RevisionDocument, ...]


def invoice_revisions(db: sqlite3.Connection, organisation_id: int, invoice_id: int) -> list[InvoiceRevision]:
    """From the newest down, withdrawn ones too. A PDF is with the revision that was the newest when it came."""
    key = {"organisation_id": organisation_id, "invoice_id": invoice_id}
    rows = db.execute(_REVISIONS, key).fetchall()
    documents = [_document(row) for row in db.execute(_DOCUMENTS, key)]
    found = []
    for place, row in enumerate(rows):
        newer = rows[place - 1]["batch_id"] if place else None
        oldest = place == len(rows) - 1
        mine = (
            each
            for each in documents
            if (newer is None or each.batch_id < newer) and (oldest or each.batch_id >= row["batch_id"])
        )
        found.append(_revision(row, tuple(mine)))
    return found


def document(
    db: sqlite3.Connection, organisation_id: int, invoice_id: int, document_id: int
) -> Document | None:
    """One PDF of an invoice, also one that another took the place of; its bytes are in `documents.piece`."""
    row = db.execute(
        f"SELECT * FROM ({_DOCUMENTS}) WHERE id = :id",
        {"organisation_id": organisation_id, "invoice_id": invoice_id, "id": document_id},
    ).fetchone()
    return _document(row).document if row else None


def _stands(alias: str) -> str:
    return (
        f"(b.state = 'published' AND NOT EXISTS"
        f" (SELECT 1 FROM batches s WHERE s.id = {alias}.superseded_by AND s.state = 'published'))"
    )


_REVISIONS = f"""
SELECT r.*, b.state, b.file_name, b.created_at, b.published_at, {_stands("r")} AS current FROM invoice_revisions r
JOIN batches b ON b.organisation_id = r.organisation_id AND b.id = r.batch_id
WHERE r.organisation_id = :organisation_id AND r.invoice_id = :invoice_id AND b.state <> 'staging'
ORDER BY r.batch_id DESC"""
_DOCUMENTS = f"""
SELECT r.id, r.batch_id, r.sha256, r.size, r.file_name, {_stands("r")} AS current FROM documents r
JOIN batches b ON b.organisation_id = r.organisation_id AND b.id = r.batch_id
WHERE r.organisation_id = :organisation_id AND r.invoice_id = :invoice_id AND b.state <> 'staging'
ORDER BY r.batch_id DESC"""


def _document(row: sqlite3.Row) -> RevisionDocument:
    found = Document(row["sha256"], row["size"], row["file_name"])
    return RevisionDocument(row["id"], row["batch_id"], found, bool(row["current"]))


def _revision(row: sqlite3.Row, documents: tuple[RevisionDocument, ...]) -> InvoiceRevision:
    net, tax, gross, due = (
        Money(row[name], row["currency"]) for name in ("net", "tax", "gross", "due_amount")
    )
    return InvoiceRevision(
        batch_id=row["batch_id"],
        batch_state=row["state"],
        file_name=row["file_name"],
        imported_at=from_ms(row["created_at"]),
        published_at=maybe_instant(row["published_at"]),
        current=bool(row["current"]),
        issued_on=date.fromisoformat(row["issued_on"]),
        due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        status=row["status"],
        net=net,
        tax=tax,
        gross=gross,
        due=due,
        documents=documents,
    )

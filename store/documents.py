"""Documents: the PDF of an invoice, byte for byte as it was imported, read a piece at a time."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """Which file belongs to an invoice."""

    sha256: bytes
    size: int
    file_name: str


def of_invoice(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int
) -> Document | None:
    """The newest visible document of a customer's invoice."""
    row = db.execute(
        "SELECT d.sha256, d.size, d.file_name FROM visible_documents d"
        " JOIN invoices i ON i.organisation_id = d.organisation_id AND i.id = d.invoice_id"
        " WHERE d.organisation_id = :organisation_id AND d.invoice_id = :invoice_id"
        " AND i.account_id = :account_id ORDER BY d.id DESC LIMIT 1",
        {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice_id},
    ).fetchone()
    return Document(row["sha256"], row["size"], row["file_name"]) if row else None


def piece(
    db: sqlite3.Connection, organisation_id: int, sha256: bytes, after: int
) -> tuple[int, bytes] | None:
    """The piece that follows position `after`, with its position; None: that was all."""
    row = db.execute(
        "SELECT position, bytes FROM document_pieces WHERE organisation_id = :organisation_id"
        " AND sha256 = :sha256 AND position > :after ORDER BY position LIMIT 1",
        {"organisation_id": organisation_id, "sha256": sha256, "after": after},
    ).fetchone()
    return (row["position"], row["bytes"]) if row else None

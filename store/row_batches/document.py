"""Document: the PDF of one invoice. Its row comes before its bytes; nobody sees it before its batch is published."""

from collections.abc import Sequence
from hashlib import sha256

from store.importing.documents import DOCUMENTS, PIECE_BYTES
from store.importing.refusal import Refused
from store.importing.writer import Writer
from store.row_batches.desk import Desk
from store.row_batches.item import Item, Plan
from store.row_batches.part import Origin, Part


def document(content: bytes) -> Plan:
    """The plan of one PDF, for the invoice that the item's key names."""

    def plan(desk: Desk, items: Sequence[Item]) -> list[Part]:
        (item,) = items
        part = Part(DOCUMENTS, desk.context, DOCUMENTS.name)
        try:
            invoice = desk.context.references.invoice(item.key)
        except Refused as refused:
            desk.refuse(0, "number", refused.reason)
            return [part]
        row = (invoice.id, sha256(content).digest(), len(content), f"{item.key}.pdf")
        part.rows.append((Origin(0, ""), row))
        part.pieces = tuple(
            content[first : first + PIECE_BYTES] for first in range(0, len(content), PIECE_BYTES)
        )
        return [part]

    return plan


def write_pieces(writer: Writer, organisation_id: int, part: Part) -> None:
    """Write the bytes of a document, one transaction a piece; those that are there already stay."""
    if not part.pieces:
        return
    ((_, row),) = part.rows
    (digest,) = part.values(row, "sha256")
    for position, piece in enumerate(part.pieces):
        values = {"organisation": organisation_id, "sha256": digest, "position": position, "bytes": piece}
        writer.write(lambda db, values=values: db.execute(_PIECE, values))  # type: ignore[misc]


_PIECE = """
INSERT INTO document_pieces (organisation_id, sha256, position, bytes)
VALUES (:organisation, :sha256, :position, :bytes)
ON CONFLICT (organisation_id, sha256, position) DO NOTHING"""

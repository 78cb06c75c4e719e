"""Made documents: PDFs that we made to be mailed, kept as pieces until no message waits for them."""

import sqlite3
from datetime import datetime, timedelta
from hashlib import sha256

from store.instants import to_ms

PIECE_BYTES = 256 * 2**10
KEPT = timedelta(days=30)
"""For a message that failed, to be sent again."""


def put(db: sqlite3.Connection, organisation_id: int, content: bytes, now: datetime) -> bytes:
    """Keep a file as pieces, once; its SHA-256. In the transaction that queues its message."""
    digest = sha256(content).digest()
    for position, start in enumerate(range(0, len(content), PIECE_BYTES)):
        db.execute(
            "INSERT INTO document_pieces (organisation_id, sha256, position, bytes)"
            " VALUES (:organisation_id, :sha256, :position, :bytes)"
            " ON CONFLICT (organisation_id, sha256, position) DO NOTHING",
            {
                "organisation_id": organisation_id,
                "sha256": digest,
                "position": position,
                "bytes": content[start : start + PIECE_BYTES],
            },
        )
    db.execute(
        "INSERT INTO made_documents (organisation_id, sha256, size, made_at)"
        " VALUES (:organisation_id, :sha256, :size, :now)"
        " ON CONFLICT (organisation_id, sha256) DO UPDATE SET made_at = excluded.made_at",
        {
            "organisation_id": organisation_id,
            "sha256": digest,
            "size": len(content),
            "now": to_ms(now),
        },
    )
    return digest


def remove_unused(db: sqlite3.Connection, now: datetime) -> int:
    """Remove some whose messages are all sent or cancelled, or that are old; how many."""
    rows = db.execute(_UNUSED, {"old": to_ms(now - KEPT)}).fetchall()
    for row in rows:
        key = {"organisation_id": row["organisation_id"], "sha256": row["sha256"]}
        # A file that was imported with the same bytes keeps its pieces.
        db.execute(
            "DELETE FROM document_pieces WHERE organisation_id = :organisation_id AND sha256 = :sha256"
            " AND NOT EXISTS (SELECT 1 FROM documents WHERE organisation_id = :organisation_id"
            " AND sha256 = :sha256)",
            key,
        )
        db.execute(
            "DELETE FROM made_documents WHERE organisation_id = :organisation_id AND sha256 = :sha256", key
        )
    return len(rows)


_UNUSED = """
SELECT m.organisation_id, m.sha256 FROM made_documents m
WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.organisation_id = m.organisation_id
    AND o.attachment_sha256 = m.sha256
    AND (o.state = 'waiting' OR o.state IN ('failed', 'bounced') AND m.made_at > :old))
ORDER BY m.made_at LIMIT 20"""

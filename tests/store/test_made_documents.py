"""PDFs that we made are kept once, and go when nobody waits for them."""

import sqlite3
from datetime import timedelta

import pytest

from store import made_documents, outbox
from store.outbox import Message, Purpose
from tests import factories
from tests.factories import NOW

CONTENT = b"%PDF-" + bytes(600_000)


def queued(db: sqlite3.Connection, organisation_id: int, digest: bytes) -> int:
    message = Message(
        Purpose.NEW_INVOICE, "a@b.example", "b@c.example", "", "x", "x", "x", attachment_sha256=digest
    )
    return outbox.put(db, organisation_id, message, NOW)


def pieces(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM document_pieces").fetchone()[0])


def set_state(db: sqlite3.Connection, state: str) -> None:
    db.execute("UPDATE outbox SET state = ?", (state,))


def test_a_file_is_kept_once_in_pieces(db: sqlite3.Connection) -> None:
    meridian = factories.organisation(db).id
    digest = made_documents.put(db, meridian, CONTENT, NOW)
    assert made_documents.put(db, meridian, CONTENT, NOW) == digest
    rows = db.execute("SELECT bytes FROM document_pieces WHERE sha256 = ? ORDER BY position", (digest,))
    assert b"".join(row["bytes"] for row in rows) == CONTENT
    assert pieces(db) == 3


@pytest.mark.parametrize(
    ("state", "left"), [("waiting", 3), ("sent", 0), ("cancelled", 0), ("failed", 3), ("bounced", 3)]
)
def test_a_file_goes_once_no_message_needs_it(db: sqlite3.Connection, state: str, left: int) -> None:
    meridian = factories.organisation(db).id
    queued(db, meridian, made_documents.put(db, meridian, CONTENT, NOW))
    set_state(db, state)
    made_documents.remove_unused(db, NOW)
    assert pieces(db) == left


def test_a_file_of_a_message_that_failed_long_ago_goes(db: sqlite3.Connection) -> None:
    meridian = factories.organisation(db).id
    queued(db, meridian, made_documents.put(db, meridian, CONTENT, NOW))
    set_state(db, "failed")
    assert made_documents.remove_unused(db, NOW + timedelta(days=31)) == 1
    assert pieces(db) == 0


def test_an_imported_file_with_the_same_bytes_stays(db: sqlite3.Connection) -> None:
    meridian = factories.organisation(db).id
    invoice = factories.invoice(db, meridian, factories.account(db, meridian))
    factories.document(db, meridian, invoice, CONTENT, piece_size=made_documents.PIECE_BYTES)
    made_documents.put(db, meridian, CONTENT, NOW)
    assert made_documents.remove_unused(db, NOW) == 1
    assert pieces(db) == 3


def test_a_file_of_another_organisation_stays(db: sqlite3.Connection) -> None:
    meridian, other = factories.organisation(db).id, factories.organisation(db, "other").id
    digest = made_documents.put(db, meridian, CONTENT, NOW)
    made_documents.put(db, other, CONTENT, NOW)
    queued(db, other, digest)
    assert made_documents.remove_unused(db, NOW) == 1
    assert pieces(db) == 3

"""The PDF, byte for byte."""

import hashlib
import sqlite3

import pytest

from tests import factories
from tests.pdf_text import PdfText
from tests.portal.conftest import People
from tests.portal.house import Browser, House

CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 1200


@pytest.fixture
async def url(house: House, people: People) -> str:
    def add(db: sqlite3.Connection) -> None:
        invoice = factories.invoice(db, people.meridian, people.harbour)
        factories.document(db, people.meridian, invoice, CONTENT)

    await house.store.write(add)
    return f"/invoices/{factories.public(people.meridian, 'INV-1001')}/document"


async def test_document_is_the_imported_file_byte_for_byte(ada: Browser, url: str) -> None:
    response = await ada.get(url)
    assert hashlib.sha256(await response.read()).digest() == hashlib.sha256(CONTENT).digest()
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["Content-Disposition"] == 'attachment; filename="INV-1001.pdf"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_document_is_not_sent_again_when_known(ada: Browser, url: str) -> None:
    first = await ada.get(url)
    assert await first.read() == CONTENT
    assert (await ada.get(url, **{"If-None-Match": first.headers["ETag"]})).status == 304
    again = await ada.get(url, **{"If-None-Match": '"other"'})
    assert (again.status, await again.read()) == (200, CONTENT)


async def test_head_says_the_size_without_the_bytes(ada: Browser, url: str) -> None:
    response = await ada.client.head(url, headers={"Host": ada.host})
    assert (response.status, response.headers["Content-Length"]) == (200, str(len(CONTENT)))


async def test_invoice_without_document_gets_one_that_we_make(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(factories.invoice, people.meridian, people.harbour, "INV-2")
    path = f"/invoices/{factories.public(people.meridian, 'INV-2')}/document"
    response = await ada.get(path)
    content = await response.read()
    assert "INV-2" in PdfText(content).text and "To pay" in PdfText(content).text
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="INV-2.pdf"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert (await ada.get(path, **{"If-None-Match": response.headers["ETag"]})).status == 304
    head = await ada.client.head(path, headers={"Host": ada.host})
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(content)))


async def test_made_document_offers_no_registration(house: House, people: People, ada: Browser) -> None:
    def allow(db: sqlite3.Connection) -> None:
        factories.invoice(db, people.meridian, people.harbour, "INV-2")
        db.execute("UPDATE portals SET allow_registration = 1")

    await house.store.write(allow)
    response = await ada.get(f"/invoices/{factories.public(people.meridian, 'INV-2')}/document")
    assert PdfText(await response.read()).links == []


async def test_document_of_another_customer_or_of_no_invoice_is_not_found(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(factories.invoice, people.meridian, people.neighbour, "INV-2")
    await ada.page(f"/invoices/{factories.public(people.meridian, 'INV-2')}/document", 404)
    await ada.page("/invoices/nothing/document", 404)


async def test_answer_breaks_off_when_a_piece_is_missing(house: House, ada: Browser, url: str) -> None:
    def lose(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM document_pieces WHERE position = 1")

    await house.store.write(lose)
    response = await ada.get(url)
    with pytest.raises(Exception, match=r"payload|closed"):
        await response.read()

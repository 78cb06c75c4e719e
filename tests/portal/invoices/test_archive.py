"""Several invoices as one ZIP: the documents byte for byte, no others', within its limits, written down."""

import io
import sqlite3
from datetime import date
from zipfile import ZipFile

import pytest
from aiohttp import ClientPayloadError

from portal.invoices import archive
from portal.invoices.made import Pdf
from portal.invoices.paper import Paper
from portal.invoices.press import NotPrinted, Press
from store import audit
from store.audit import Wanted
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House


def three(db: sqlite3.Connection, people: People) -> None:
    for number, day in (("INV/1", 1), ("INV-1", 2), ("INV-3", 3)):
        invoice = factories.invoice(
            db, people.meridian, people.harbour, number, issued_on=date(2026, 11, day)
        )
        factories.line(db, people.meridian, invoice)
        if number != "INV-3":
            factories.document(db, people.meridian, invoice, content=b"%PDF-1.7 " + number.encode())
    factories.invoice(db, people.meridian, people.neighbour, "INV-MILL")


async def opened(browser: Browser, path: str) -> dict[str, bytes]:
    response = await browser.get(path)
    assert response.status == 200 and response.content_type == "application/zip"
    with ZipFile(io.BytesIO(await response.read())) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def ticked(people: People, *names: str) -> str:
    return "/invoices/archive?" + "&".join(
        f"invoice={factories.public(people.meridian, name)}" for name in names
    )


async def test_all_of_a_list_are_packed_the_made_one_too_under_names_of_their_own(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(three, people)
    found = await opened(ada, "/invoices/archive?year=2026")
    assert list(found) == ["INV-3.pdf", "INV-1.pdf", "INV-1 (2).pdf"]
    assert found["INV-1.pdf"] == b"%PDF-1.7 INV-1" and found["INV-1 (2).pdf"] == b"%PDF-1.7 INV/1"
    assert found["INV-3.pdf"].startswith(b"%PDF") and b"INV-3" not in found["INV-1.pdf"]


async def test_ticked_ones_are_packed_and_it_is_written_down(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(three, people)
    assert list(await opened(ada, ticked(people, "INV-1", "INV-1"))) == ["INV-1.pdf"]
    kept = await house.store.read(audit.page, people.meridian, Wanted(action="invoices.downloaded"), None, 10)
    [entry] = [each.entry for each in kept]
    assert (entry.object, dict(entry.detail)) == ("A100", {"invoices": "1"})


async def test_one_that_is_not_theirs_is_as_missing_as_none(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(three, people)
    missing = await ada.source("/invoices/archive?invoice=never-was", 404)
    assert await ada.source(ticked(people, "INV-MILL"), 404) == missing
    assert await ada.source(ticked(people, "INV-1", "INV-MILL"), 404) == missing


@pytest.mark.parametrize(("limit", "words"), [("MOST", "At most 2"), ("MOST_MADE", "At most 0")])
async def test_too_many_are_refused_in_words(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    await house.store.write(three, people)
    monkeypatch.setattr(archive, limit, 2 if limit == "MOST" else 0)
    assert words in await ada.page("/invoices/archive", 422)


async def test_no_invoice_is_said_in_words(house: House, people: People, ada: Browser) -> None:
    assert "There is no invoice to download" in await ada.page("/invoices/archive")


async def test_days_that_a_zip_cannot_tell_are_told_as_near_as_it_can(
    house: House, people: People, ada: Browser
) -> None:
    def odd(db: sqlite3.Connection) -> None:
        for number, year in (("OLD", 1975), ("NEW", 2150)):
            day = date(year, 2, 28)
            invoice = factories.invoice(db, people.meridian, people.harbour, number, issued_on=day)
            factories.document(db, people.meridian, invoice, content=b"%PDF-1.7 " + number.encode())

    await house.store.write(odd)
    assert set(await opened(ada, "/invoices/archive")) == {"OLD.pdf", "NEW.pdf"}


async def test_an_archive_breaks_off_when_a_document_is_not_whole(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(three, people)
    await house.store.write(lambda db: db.execute("DELETE FROM document_pieces"))
    response = await ada.get(ticked(people, "INV-1"))
    with pytest.raises(ClientPayloadError):
        await response.read()


async def test_an_archive_breaks_off_when_a_letter_cannot_be_made(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(press: Press, paper: Paper) -> Pdf:
        raise NotPrinted("no ink")

    await house.store.write(three, people)
    monkeypatch.setattr(Press, "printed", failing)
    response = await ada.get("/invoices/archive")
    with pytest.raises(ClientPayloadError):
        await response.read()
    assert (await ada.get("/invoices")).status == 200

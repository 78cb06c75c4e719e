"""Revisions: an invoice by its number, every version that came of it, and the PDF of each."""

import logging
import sqlite3
from dataclasses import dataclass

from aiohttp import web

from admin.imports.places import named, run_page, runs_url
from admin.keys import STORE
from admin.rights import organisation_of
from portal.invoices.file_name import content_disposition
from store import documents, invoice_search, revisions
from store.documents import Document
from store.invoice_search import Found
from store.revisions import InvoiceRevision

log = logging.getLogger(__name__)

LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class History:
    """An invoice with its revisions, the newest first."""

    invoice: Found
    revisions: list[InvoiceRevision]


async def search(request: web.Request) -> web.Response:
    """GET .../imports/invoices?number=: an exact number leads straight to its invoice."""
    organisation, wanted = organisation_of(request), request.query.get("number", "").strip()[:LONGEST_NUMBER]
    found = await request.app[STORE].read(_search, organisation.id, wanted) if wanted else []
    if len(found) == 1 and found[0].number == wanted:
        raise web.HTTPSeeOther(f"{runs_url(organisation)}/invoices/{found[0].public_id}")
    return run_page(
        request,
        "invoices.html",
        wanted=wanted,
        found=found,
        url=f"{runs_url(organisation)}/invoices",
        most=invoice_search.FOUND,
    )


async def show(request: web.Request) -> web.Response:
    """GET .../imports/invoices/{invoice}"""
    history = await _history(request)
    url = f"{runs_url(organisation_of(request))}/invoices/{history.invoice.public_id}"
    return run_page(request, "revisions.html", history=history, url=url)


async def document(request: web.Request) -> web.StreamResponse:
    """GET .../documents/{document}: one PDF, also one that another took the place of."""
    store, organisation = request.app[STORE], organisation_of(request)
    history = await _history(request)
    key = organisation.id, history.invoice.invoice_id, named(request, "document")
    found = await store.read(revisions.document, *key)
    if found is None:
        raise web.HTTPNotFound
    return await _sent(request, organisation.id, found)


async def _history(request: web.Request) -> History:
    key = organisation_of(request).id, request.match_info["invoice"]
    history = await request.app[STORE].read(_find, *key)
    if history is None:
        raise web.HTTPNotFound
    return history


async def _sent(request: web.Request, organisation_id: int, found: Document) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Disposition": content_disposition(found.file_name)})
    response.content_type, response.content_length = "application/pdf", found.size
    await response.prepare(request)
    position, sent = -1, 0
    store = request.app[STORE]
    while request.method != "HEAD" and (
        piece := await store.read(documents.piece, organisation_id, found.sha256, position)
    ):
        position, content = piece
        sent += len(content)
        await response.write(content)
    if request.method != "HEAD" and sent != found.size:
        log.error("document is not whole", extra={"sha256": found.sha256.hex(), "sent": sent})
        raise ConnectionResetError("document is not whole")
    await response.write_eof()
    return response


def _search(db: sqlite3.Connection, organisation_id: int, wanted: str) -> list[Found]:
    found = invoice_search.by_number(db, organisation_id, wanted)
    return found or invoice_search.by_number(db, organisation_id, wanted.upper())


def _find(db: sqlite3.Connection, organisation_id: int, public_id: str) -> History | None:
    invoice = invoice_search.by_public_id(db, organisation_id, public_id)
    if invoice is None:
        return None
    return History(invoice, revisions.invoice_revisions(db, organisation_id, invoice.invoice_id))

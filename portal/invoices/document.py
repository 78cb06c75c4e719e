"""The PDF of an invoice: the imported bytes, a piece at a time; where the provider sent none, one that we make."""

import logging
import sqlite3
from dataclasses import dataclass

from aiohttp import web

from portal.invoices import paper
from portal.invoices.file_name import content_disposition
from portal.invoices.paper import Paper
from portal.invoices.press import PRESS
from portal.services import services
from portal.viewing import sighting
from portal.visit import Visit
from store import documents, invoices
from store.database import Store
from store.documents import Document

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """An invoice's document, or what one is made of."""

    invoice_id: int | None
    document: Document | None
    paper: Paper | None


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/{public_id}/document"""
    store = services(request).store
    found = await store.read(_find, visit, request.match_info["public_id"])
    if found.invoice_id is not None:
        await sighting.note(request, visit, found.invoice_id, downloaded=True)
    if found.document:
        return await _imported(request, visit, found.document)
    if found.paper is None:
        raise web.HTTPNotFound
    made = await request.app[PRESS].printed(found.paper)
    headers = _headers(made.sha256, f"{found.paper.invoice.number}.pdf")
    if _is_known(request, made.sha256):
        return web.Response(status=304, headers=headers)
    return web.Response(body=made.content, headers=headers, content_type="application/pdf")


async def _imported(request: web.Request, visit: Visit, document: Document) -> web.StreamResponse:
    headers = _headers(document.sha256, document.file_name)
    if _is_known(request, document.sha256):
        return web.Response(status=304, headers=headers)
    response = web.StreamResponse(headers=headers)
    response.content_type = "application/pdf"
    response.content_length = document.size
    await response.prepare(request)
    if request.method != "HEAD":
        await _send(services(request).store, visit.organisation_id, document, response)
    return response


async def _send(store: Store, organisation_id: int, document: Document, response: web.StreamResponse) -> None:
    position, sent = -1, 0
    while piece := await store.read(documents.piece, organisation_id, document.sha256, position):
        position, content = piece
        sent += len(content)
        await response.write(content)
    if sent != document.size:
        log.error("document is not whole", extra={"sha256": document.sha256.hex(), "sent": sent})
        raise ConnectionResetError("document is not whole")
    await response.write_eof()


def _find(db: sqlite3.Connection, visit: Visit, public_id: str) -> _Found:
    key = visit.organisation_id, visit.account_id
    invoice = invoices.find(db, *key, public_id)
    if invoice is None:
        return _Found(None, None, None)
    document = documents.of_invoice(db, *key, invoice.invoice_id)
    return _Found(invoice.invoice_id, document, None if document else paper.load(db, *key, public_id))


def _headers(sha256: bytes, file_name: str) -> dict[str, str]:
    return {
        "ETag": f'"{sha256.hex()}"',
        "Cache-Control": "private, no-store",
        "Content-Disposition": content_disposition(file_name),
    }


def _is_known(request: web.Request, sha256: bytes) -> bool:
    tags = request.if_none_match or ()
    return any(tag.value in ("*", sha256.hex()) for tag in tags)

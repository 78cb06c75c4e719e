"""Documents: read the PDF of an invoice, or put it there."""

import sqlite3

from aiohttp import web

from admin.api import writes
from admin.api.bodies import PDF
from admin.api.call import Call
from admin.api.problems import FieldFault, ProblemRaised, not_found
from admin.api.routes import Body, route
from admin.api.writes import WriteQuery, Written
from store import documents, row_batches
from store.documents import Document
from store.importing.pdf_source import LARGEST_BYTES
from store.listings import invoices as listing
from store.row_batches import Item

PATH = "/invoices/{number}/document"
_MAGIC, _END = b"%PDF-", b"%%EOF"
_NEAR_THE_END = 2048


@route(
    method="GET",
    path=PATH,
    summary="Read the PDF of an invoice",
    scope="documents:read",
    answers={200: PDF},
)
async def show(call: Call) -> web.StreamResponse:
    """GET /invoices/{number}/document"""
    document = await call.store.read(_document, call.organisation_id, call.part("number"))
    if document is None:
        raise not_found()
    response = web.StreamResponse(headers={"Content-Type": PDF, "Content-Disposition": "attachment"})
    response.content_length = document.size
    _ = await response.prepare(call.request)
    position = -1
    while piece := await call.store.read(documents.piece, call.organisation_id, document.sha256, position):
        position, content = piece
        await response.write(content)
    await response.write_eof()
    return response


@route(
    method="PUT",
    path=PATH,
    summary="Put the PDF of an invoice",
    description="The invoice must be there, published or as a draft.",
    scope="documents:write",
    query=WriteQuery,
    body=Body(content_type=PDF, most=LARGEST_BYTES),
    answers={200: Written},
)
async def put(call: Call) -> Written:
    """PUT /invoices/{number}/document"""
    if words := fault_of(call.body):
        raise ProblemRaised("refused", f"The document {words}.", (FieldFault("", words),))
    number = call.part("number")
    item = Item(number, {"invoice_number": number})
    return await writes.one(call, row_batches.document(call.body), item, number)


def fault_of(content: bytes) -> str:
    """Why these bytes are no PDF; empty: they are."""
    if not content.startswith(_MAGIC):
        return "is not a PDF: it does not begin with %PDF-"
    return "" if _END in content[-_NEAR_THE_END:] else "is cut off: it does not end with %%EOF"


def _document(db: sqlite3.Connection, organisation_id: int, number: str) -> Document | None:
    row = listing.by_number(db, organisation_id, number)
    if row is None:
        return None
    return documents.of_invoice(db, organisation_id, row["account_id"], row["invoice_id"])

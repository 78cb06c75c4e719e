"""Several invoices as one ZIP: the provider's PDFs byte for byte, and those that we make, sent as they are packed."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import IO, cast
from zipfile import ZipFile, ZipInfo

from aiohttp import web

from portal import pages
from portal.errors import Problem
from portal.invoices import narrowing, paper
from portal.invoices.file_name import safe_name
from portal.invoices.paper import Paper
from portal.invoices.press import PRESS, NotPrinted
from portal.services import services
from portal.visit import Visit
from portal.words import N_, _
from portal.zip_stream import Tap
from store import audit, documents, invoices, sightings
from store.audit import Entry
from store.documents import Document
from store.invoices import Invoice
from store.sightings import Sight

MOST = 200
"""Invoices in one archive."""
MOST_MADE = 50
"""Of them, those whose PDF has to be made: each takes some 50 ms of a process that all customers share."""
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Item:
    """One invoice and the document that the provider sent, if any."""

    invoice: Invoice
    document: Document | None


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/archive: those that are ticked, or all of the list's filters where none is."""
    store = services(request).store
    ticked = tuple(dict.fromkeys(request.query.getall("invoice", [])))[: MOST + 1]
    items = await store.read(_items, visit, request, ticked)
    if ticked and len(items) < len(ticked):
        raise web.HTTPNotFound
    if problem := _refused(items):
        return pages.render(
            request, "invoices/archive.html", status=problem.status, visit=visit, problem=problem
        )
    await store.write(_written_down, visit, [item.invoice for item in items], request.remote or "")
    response = web.StreamResponse(
        headers={
            "Content-Disposition": f'attachment; filename="invoices-{visit.today.isoformat()}.zip"',
            "Cache-Control": "private, no-store",
        }
    )
    response.content_type = "application/zip"
    await response.prepare(request)
    if request.method != "HEAD":
        async for some in _packed(request, visit, items):
            await response.write(some)
    await response.write_eof()
    return response


def names(items: list[Item]) -> list[str]:
    """What each document is called; no two the same, however their numbers are spelt."""
    taken: set[str] = set()
    found = []
    for item in items:
        name = plain = safe_name(item.invoice.number)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name.casefold())
        found.append(f"{name}.pdf")
    return found


def _items(db: sqlite3.Connection, visit: Visit, request: web.Request, ticked: tuple[str, ...]) -> list[Item]:
    key = visit.organisation_id, visit.account_id
    if ticked:
        found = [invoice for each in ticked if (invoice := invoices.find(db, *key, each))]
    else:
        chosen = narrowing.parse(request.query).filter
        found = invoices.page(db, *key, chosen, today=visit.today, after=None, limit=MOST + 1)
    return [Item(invoice, documents.of_invoice(db, *key, invoice.invoice_id)) for invoice in found]


def _refused(items: list[Item]) -> Problem | None:
    if not items:
        return Problem(
            200, N_("There is no invoice to download"), _("Choose some in the list, or other filters.")
        )
    if len(items) > MOST:
        return Problem(
            422,
            N_("These are too many invoices for one download"),
            _("At most %(most)d go into one file. Choose a year, or tick some of them.", most=MOST),
        )
    if sum(item.document is None for item in items) > MOST_MADE:
        return Problem(
            422,
            N_("These are too many invoices for one download"),
            _(
                "At most %(most)d go into one file when their PDFs have to be made. Choose fewer of them.",
                most=MOST_MADE,
            ),
        )
    return None


def _written_down(db: sqlite3.Connection, visit: Visit, found: list[Invoice], address: str) -> None:
    """Whose data leaves is written in the audit; what a person downloads they have seen."""
    actor = f"staff:{visit.viewer.staff_id}" if visit.viewer else f"user:{visit.user.id}"
    detail = {"invoices": str(len(found))}
    entry = Entry(
        visit.organisation_id,
        actor,
        "invoices.downloaded",
        visit.account.reference,
        detail,
        address,
        visit.now,
    )
    audit.record(db, entry)
    if visit.viewer is None:
        for invoice in found:
            sightings.note(
                db, visit.organisation_id, Sight(invoice.invoice_id, visit.user.id, True, visit.now)
            )


async def _packed(request: web.Request, visit: Visit, items: list[Item]) -> AsyncIterator[bytes]:
    tap = Tap()
    with ZipFile(cast(IO[bytes], tap), "w") as archive:
        for name, item in zip(names(items), items, strict=True):
            with archive.open(ZipInfo(name, _dated(item.invoice.issued_on)), "w") as entry:
                async for piece in _content(request, visit, item):
                    entry.write(piece)
                    if some := tap.taken():
                        yield some
    yield tap.taken()


def _dated(issued: date) -> tuple[int, int, int, int, int, int]:
    """The day of an invoice, as far as a ZIP can tell years."""
    return min(max(issued.year, 1980), 2107), issued.month, issued.day, 0, 0, 0


async def _content(request: web.Request, visit: Visit, item: Item) -> AsyncIterator[bytes]:
    store = services(request).store
    if item.document is None:
        made = await _made(request, visit, item.invoice)
        for start in range(0, len(made), _CHUNK):
            yield made[start : start + _CHUNK]
        return
    position, left = -1, item.document.size
    while piece := await store.read(documents.piece, visit.organisation_id, item.document.sha256, position):
        position, content = piece
        left -= len(content)
        yield content
    if left:
        raise ConnectionResetError("a document was not whole when it was packed")


async def _made(request: web.Request, visit: Visit, invoice: Invoice) -> bytes:
    found: Paper | None = await services(request).store.read(
        paper.load, visit.organisation_id, visit.account_id, invoice.public_id
    )
    if found is None:
        raise ConnectionResetError("an invoice was withdrawn while it was packed")
    try:
        return (await request.app[PRESS].printed(found)).content
    except NotPrinted as failed:
        raise ConnectionResetError(str(failed)) from failed

"""Preview: one mail as its customer would get it, with a sample where the proof of registration would be."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.keys import CLOCK, FACTS, STORE
from admin.mail.views import PREVIEW_POLICY
from admin.pages import mailings_url, page
from admin.rights import organisation_of
from portal.headers import CONTENT_SECURITY_POLICY
from portal.invoices import mailed
from portal.invoices.file_name import content_disposition
from portal.invoices.mailed import Facts, Mailed
from portal.invoices.press import PRESS
from portal.invoices.recipients import Recipient, recipients
from portal.mail import Provider
from store import documents, mailable, registration_line
from store.mailable import Invoice
from store.registration_line import RegistrationLine
from store.tokens import LIFETIMES, Purpose

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Seen:
    """An invoice with the facts of its mail, and the line that it would carry."""

    invoice: Invoice
    facts: Facts
    line: RegistrationLine | None


async def show(request: web.Request) -> web.Response:
    """GET .../mailings/preview?invoice="""
    organisation = organisation_of(request)
    seen, letter = await _letter(request)
    to = recipients(seen.invoice.email)
    shown = page(
        request,
        "mailings/preview.html",
        organisation=organisation,
        url=mailings_url(organisation),
        invoice=seen.invoice,
        to=to,
        message=letter.message(next((one for one in to if not one.reason), Recipient("")).address),
        made=letter.made is not None,
        registration=seen.line is not None,
    )
    shown.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return shown


async def html(request: web.Request) -> web.Response:
    """GET .../mailings/preview/html?invoice=: as a mail program shows it."""
    _, letter = await _letter(request)
    return web.Response(
        text=letter.letter.html,
        content_type="text/html",
        headers={"Content-Security-Policy": PREVIEW_POLICY},
    )


async def pdf(request: web.Request) -> web.Response:
    """GET .../mailings/preview/pdf?invoice=: what would be attached."""
    seen, letter = await _letter(request)
    document = seen.facts.document
    content = letter.made.content if letter.made else await _imported(request, document)
    name = document.file_name if document else seen.invoice.number
    return web.Response(
        body=content,
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition(name)},
    )


async def _letter(request: web.Request) -> tuple[Seen, Mailed]:
    store, provider = request.app[STORE], request.app[FACTS].mail
    key = organisation_of(request).id, request.query.get("invoice", "")
    seen = await store.read(_seen, *key, provider, request.app[CLOCK]())
    if seen is None:
        raise web.HTTPNotFound
    return seen, await mailed.compose(seen.facts, provider, request.app[PRESS], seen.line)


async def _imported(request: web.Request, document: documents.Document | None) -> bytes:
    assert document
    organisation_id, content, position = organisation_of(request).id, b"", -1
    while piece := await request.app[STORE].read(documents.piece, organisation_id, document.sha256, position):
        position, content = piece[0], content + piece[1]
    return content


def _seen(
    db: sqlite3.Connection, organisation_id: int, public_id: str, provider: Provider, now: datetime
) -> Seen | None:
    for invoice in mailable.by_public_ids(db, organisation_id, [public_id]):
        key = organisation_id, invoice.account_id
        facts = mailed.load(db, *key, invoice.invoice_id, provider)
        if facts:
            line = registration_line.registration_line(registration_line.facts_of(db, *key, facts.host))
            until = now + LIFETIMES[Purpose.REGISTRATION]
            sample = RegistrationLine(line.host, SAMPLE, line.path(SAMPLE), until) if line else None
            return Seen(invoice, facts, sample)
    return None

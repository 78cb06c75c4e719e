"""Welcome: whether the house itself is in order: its names in the DNS, the CA, mail, the first organisation."""

import asyncio
import sqlite3
from typing import NoReturn

from aiohttp import web

from admin.keys import CLOCK, FACTS, OPERATIONS, STORE, VISITOR
from admin.pages import page
from portal import mail
from store import organisations, outbox
from store.operations import Trial


async def show(request: web.Request) -> web.Response:
    """GET /welcome"""
    return await _page(request, None)


async def try_ca(request: web.Request) -> web.Response:
    """POST /welcome/ca: ask the CA now."""
    return await _page(request, await request.app[OPERATIONS].try_ca())


async def try_mail(request: web.Request) -> NoReturn:
    """POST /welcome/mail: a test mail to whoever asks for it."""
    provider, now = request.app[FACTS].mail, request.app[CLOCK]()
    letter = mail.duties.test(mail.of_provider(provider), organisation=provider.name)
    message = letter.to(request[VISITOR].member.email, mail.provider_sender(provider))
    await request.app[STORE].write(outbox.put, None, message, now)
    raise web.HTTPSeeOther("/mail")


async def _page(request: web.Request, trial: Trial | None) -> web.Response:
    app, operations = request.app, request.app[OPERATIONS]
    names, records = await asyncio.gather(operations.own_names(), operations.own_zone())
    addresses = await app[FACTS].addresses()
    return page(
        request,
        "operators/welcome.html",
        names=names,
        records=records,
        addresses=sorted(addresses),
        trial=trial,
        organisations=await app[STORE].read(_count),
    )


def _count(db: sqlite3.Connection) -> int:
    return len(organisations.every(db))

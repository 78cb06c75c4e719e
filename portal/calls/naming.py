"""Names for numbers, and whether calls are listed: what a customer decides about their calls."""

import re
import sqlite3

from aiohttp import web

from portal import pages, slices
from portal.forms import fields, text
from portal.links import link
from portal.services import services
from portal.signin.next_url import safe_next
from portal.visit import Visit
from portal.words import _
from store import audit, itemisation, number_names
from store.audit import Entry
from store.number_names import LONGEST, MOST, Named

PART = 100
"""Names that one page shows."""
_NUMBER = re.compile(r"[\w+*#@.() -]{1,60}\Z")


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /calls/names"""
    return await _page(request, visit, Named(request.query.get("number", "")[:LONGEST], ""))


async def save(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /calls/names: name a number; an empty name takes it away."""
    _check_may_edit(visit)
    form = await fields(request)
    named = Named(text(form, "number"), " ".join(text(form, "name").split()))
    if fault := _fault(named):
        return await _page(request, visit, named, fault)
    kept = await services(request).store.write(
        number_names.put, visit.organisation_id, visit.account_id, named, visit.user.id, visit.now
    )
    if not kept:
        full = _(
            "You have named %(most)d numbers, which is as many as there can be. Take one away first.",
            most=MOST,
        )
        return await _page(request, visit, named, full)
    onward = text(form, "next")
    raise web.HTTPSeeOther(safe_next(onward) if onward else "/calls/names?saved=1")


async def choose(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /calls/itemisation: have calls listed one by one, or their sums alone."""
    _check_may_edit(visit)
    itemised = text(await fields(request), "itemised") == "yes"
    await services(request).store.write(_chosen, visit, itemised, request.remote or "")
    raise web.HTTPSeeOther("/calls/names?chosen=1#itemisation")


def _chosen(db: sqlite3.Connection, visit: Visit, itemised: bool, address: str) -> None:
    key = visit.organisation_id, visit.account_id
    itemisation.choose(db, *key, itemised, visit.user.id, visit.now)
    detail = {"itemised": "yes" if itemised else "no"}
    actor, reference = f"user:{visit.user.id}", visit.account.reference
    audit.record(
        db,
        Entry(
            visit.organisation_id, actor, "calls.itemisation_chosen", reference, detail, address, visit.now
        ),
    )


def _fault(named: Named) -> str:
    if not _NUMBER.match(named.number):
        return _("Enter the number as it stands in your calls.")
    if len(named.name) > LONGEST:
        return _("A name has at most %(most)d characters.", most=LONGEST)
    return "" if named.name.isprintable() else _("A name has letters, digits and punctuation only.")


def _check_may_edit(visit: Visit) -> None:
    if not visit.may_edit:
        raise web.HTTPForbidden


async def _page(request: web.Request, visit: Visit, named: Named, fault: str = "") -> web.Response:
    store, key = services(request).store, (visit.organisation_id, visit.account_id)
    names = await store.read(number_names.of_account, *key)
    part = slices.cut(
        len(names), PART, request.query.get("part", ""), lambda number: link(request.path, part=number)
    )
    return pages.render(
        request,
        "calls/names.html",
        status=422 if fault else 200,
        visit=visit,
        names=names[part.start : part.end],
        part=part,
        itemised=await store.read(itemisation.is_itemised, *key),
        named=named,
        fault=fault,
        next=safe_next(request.query.get("next", "")) if request.query.get("next") else "",
        saved="saved" in request.query,
        chosen="chosen" in request.query,
    )

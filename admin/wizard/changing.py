"""Changing: the portal moves to another name of the company's own; until that one is proved the present one serves."""

import sqlite3
from datetime import timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, COMPLETE, FACTS, STORE
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.wizard import registration
from admin.wizard.claiming import house_of
from admin.wizard.connecting import ACCESS, Pages
from admin.wizard.facts import facts_at, own_domain
from admin.wizard.forms import WHOLE, ChooseForm
from admin.wizard.names import Refused, Whole, provider_of, understand
from admin.wizard.registration import Outcome
from admin.wizard.steps import Facts
from portal.forms import fields, posted, text
from store import changeover
from store.domains import Domain
from store.hostname import canonical

AT = f"{ACCESS}/change"
JUST_NOW = timedelta(hours=1)
"""So long after it the page still says that the portal has moved."""


def facts_of(db: sqlite3.Connection, organisation_id: int) -> Facts:
    """The facts of the name that is on its way."""
    return facts_at(db, organisation_id, changeover.incoming(db, organisation_id), True)


PAGES = Pages("/change", facts_of, "wizard/change_under_way.html")


def routes() -> list[web.RouteDef]:
    """The page of the change, and what its buttons send."""
    return [
        web.get(AT, show),
        web.post(AT, choose),
        web.post(f"{AT}/domain/remove", cancel),
        web.post(f"{AT}/forget", forget),
        *PAGES.routes(),
    ]


async def show(request: web.Request) -> web.Response:
    """GET .../change"""
    return await _page(request)


async def choose(request: web.Request) -> web.Response:
    """POST .../change: register the name that is to take the present one's place."""
    organisation, store = organisation_of(request), request.app[STORE]
    if not await store.read(changeover.may_begin, organisation.id):
        raise web.HTTPSeeOther(f"{access_url(organisation)}/change")
    form = ChooseForm(await posted(request))
    if not form.validate():
        return await _page(request, form, status=422)
    understood = understand(form.hostname.data or "", provider_of(request.app[FACTS]))
    match understood:
        case Refused():
            form.hostname.errors = [understood.reason]
            return await _page(request, form, status=422, refused=understood)
        case Whole() if form.way.data != WHOLE:
            return await _page(request, form, whole=understood)
    name = understood.hostname
    entry = deed(request, organisation, "domain.added", name)
    outcome = await store.write(registration.add, organisation.id, name, house_of(request.app[FACTS]), entry)
    if outcome is Outcome.CLAIMED:
        raise web.HTTPSeeOther(f"{access_url(organisation)}/claim")
    if outcome is Outcome.REGISTERED:
        request.app[COMPLETE](name)
        raise web.HTTPSeeOther(f"{access_url(organisation)}/change")
    form.hostname.errors = [outcome.value]
    return await _page(request, form, status=409)


async def cancel(request: web.Request) -> NoReturn:
    """POST .../change/domain/remove: the portal stays where it is."""
    organisation, store = organisation_of(request), request.app[STORE]
    domain = await store.read(changeover.incoming, organisation.id)
    if domain:
        entry = deed(request, organisation, "domain.removed", domain.hostname)
        await store.write(registration.free, organisation.id, domain.hostname, entry)
    raise web.HTTPSeeOther(f"{access_url(organisation)}/change")


async def forget(request: web.Request) -> NoReturn:
    """POST .../change/forget: a former name leads here no more."""
    organisation, name = organisation_of(request), canonical(text(await fields(request), "hostname"))
    if name:
        entry = deed(request, organisation, "domain.removed", name)
        await request.app[STORE].write(registration.free, organisation.id, name, entry)
    raise web.HTTPSeeOther(f"{access_url(organisation)}/change")


async def _page(
    request: web.Request,
    form: ChooseForm | None = None,
    *,
    status: int = 200,
    refused: Refused | None = None,
    whole: Whole | None = None,
) -> web.Response:
    organisation, store = organisation_of(request), request.app[STORE]
    facts = await store.read(facts_of, organisation.id)
    present, former = await store.read(_names, organisation.id)
    if present is None or present.live_at is None:
        raise web.HTTPSeeOther(access_url(organisation))
    if facts.domain:
        return await PAGES.show(request, facts, status=status, present=present)
    now = request.app[CLOCK]()
    return page(
        request,
        "wizard/change.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=f"{access_url(organisation)}/change",
        access_url=access_url(organisation),
        present=present,
        former=former,
        moved=bool(former) and now - present.live_at < JUST_NOW,
        form=form or ChooseForm(),
        refused=refused,
        whole=whole,
        tab="",
    )


def _names(db: sqlite3.Connection, organisation_id: int) -> tuple[Domain | None, list[Domain]]:
    return own_domain(db, organisation_id), changeover.former(db, organisation_id)

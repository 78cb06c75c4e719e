"""Settings -> Customer Access: the wizard until the portal is live, then its switch, address and colour."""

import sqlite3
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, FACTS, RENDERER, STORE
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.settings.forms import ThemeForm
from admin.settings.words import certificate_state, routing_state
from admin.wizard.facts import facts_of
from admin.wizard.steps import Facts, Step, position
from admin.wizard.views import show_step
from portal.forms import fields, posted
from portal.tenancy import origin
from portal.theme import DEFAULT, Colour, NotAColour, parse_colour, theme_of
from store import audit, certificates, portals
from store.audit import Entry
from store.certificates import Certificate
from store.domains import Domain
from store.organisations import Organisation

JUST_NOW = timedelta(hours=1)
"""So long after going live the page still shows the way there."""


async def show(request: web.Request) -> web.Response:
    """GET .../settings/customer-access"""
    organisation = organisation_of(request)
    facts = await request.app[STORE].read(facts_of, organisation.id)
    if facts.domain and facts.domain.live_at:
        return await _live(request, organisation, facts, facts.domain)
    return await show_step(request, facts)


async def show_theme(request: web.Request) -> web.Response:
    """GET .../theme: the colour on a page of its own, for while the DNS is waited for."""
    colour = await _colour(request)
    return _theme_page(request, ThemeForm(colour=colour), colour)


async def save_theme(request: web.Request) -> web.Response:
    """POST .../theme: keep the colour, or show what it would look like."""
    organisation = organisation_of(request)
    form = ThemeForm(await posted(request))
    if not form.validate():
        return _theme_page(request, form, await _colour(request), status=422)
    assert form.chosen is not None
    if "preview" in await fields(request):
        return _theme_page(request, form, form.chosen)
    entry = deed(request, organisation, "portal.theme_changed", organisation.slug, colour=form.chosen)
    await request.app[STORE].write(_save_colour, form.chosen, entry)
    raise web.HTTPSeeOther(f"{access_url(organisation)}/theme?saved=1")


async def preview(request: web.Request) -> web.Response:
    """GET .../theme/preview?colour=: the strip alone, for the page's script."""
    colour = parse_colour(request.query.get("colour", ""))
    if isinstance(colour, NotAColour):
        raise web.HTTPUnprocessableEntity
    text = request.app[RENDERER].text("settings/preview.html", theme=theme_of(colour))
    return web.Response(text=text, content_type="text/html")


async def _live(
    request: web.Request, organisation: Organisation, facts: Facts, domain: Domain
) -> web.Response:
    now = request.app[CLOCK]()
    certificate = await request.app[STORE].read(certificates.standing, domain.hostname, now)
    colour = await _colour(request)
    return page(
        request,
        "settings/customer_access.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=access_url(organisation),
        position=position(facts, now),
        steps=list(Step) if domain.live_at and now - domain.live_at < JUST_NOW else [],
        enabled=facts.enabled,
        domain=domain,
        standing=facts.standing,
        portal_url=origin(domain.hostname, request.app[FACTS].public_https_port) + "/",
        routing=routing_state(domain.routing),
        certificate=certificate_state(facts.standing, certificate is not None),
        valid_until=_last_day(certificate, organisation),
        form=ThemeForm(colour=colour),
        theme=theme_of(colour),
    )


def _theme_page(request: web.Request, form: ThemeForm, colour: Colour, status: int = 200) -> web.Response:
    organisation = organisation_of(request)
    return page(
        request,
        "settings/theme.html",
        status=status,
        organisation=organisation,
        url=access_url(organisation),
        form=form,
        theme=theme_of(colour),
        saved="saved" in request.query,
    )


async def _colour(request: web.Request) -> Colour:
    portal = await request.app[STORE].read(portals.find, organisation_of(request).id)
    colour = parse_colour(portal.theme_colour) if portal else DEFAULT
    return DEFAULT if isinstance(colour, NotAColour) else colour


def _save_colour(db: sqlite3.Connection, colour: Colour, entry: Entry) -> None:
    assert entry.organisation_id is not None
    portals.set_theme_colour(db, entry.organisation_id, colour, entry.at)
    audit.record(db, entry)


def _last_day(certificate: Certificate | None, organisation: Organisation) -> datetime | None:
    return certificate.not_after.astimezone(ZoneInfo(organisation.time_zone)) if certificate else None

"""Organisations: a new one, and the suspension of one."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, FACTS, STORE
from admin.operators.forms import OrganisationForm, SuspensionForm
from admin.pages import home_url, page
from admin.provider import ProviderFacts
from admin.rights import organisation_of
from portal.forms import posted
from store import audit, organisations, portal_names, reserved_labels, suspensions
from store.audit import Entry
from store.domains import HostnameTaken
from store.organisations import BadName, BadSlug, Organisation, SlugTaken
from store.reserved_labels import NotALabel


async def show_new(request: web.Request) -> web.Response:
    """GET /new-organisation"""
    return page(request, "operators/new_organisation.html", form=OrganisationForm())


async def add(request: web.Request) -> web.Response:
    """POST /new-organisation"""
    form = OrganisationForm(await posted(request))
    if form.validate():
        added = await _added(request, form)
        if isinstance(added, Organisation):
            raise web.HTTPSeeOther(home_url(added))
        form.slug.errors = [added]
    return page(request, "operators/new_organisation.html", status=422, form=form)


async def show_suspension(request: web.Request) -> web.Response:
    """GET /organisations/{slug}/suspension"""
    return await _suspension(request, SuspensionForm())


async def suspend(request: web.Request) -> web.Response:
    """POST /organisations/{slug}/suspension"""
    organisation = organisation_of(request)
    form = SuspensionForm(await posted(request))
    if not form.validate():
        return await _suspension(request, form, status=422)
    reason = form.reason.data or ""
    entry = deed(request, organisation, "organisation.suspended", organisation.slug, reason=reason)
    await request.app[STORE].write(_suspend, organisation.id, reason, entry)
    raise web.HTTPSeeOther(f"{home_url(organisation)}/suspension")


async def resume(request: web.Request) -> NoReturn:
    """POST /organisations/{slug}/suspension/end"""
    organisation = organisation_of(request)
    entry = deed(request, organisation, "organisation.resumed", organisation.slug)
    await request.app[STORE].write(_resume, organisation.id, entry)
    raise web.HTTPSeeOther(f"{home_url(organisation)}/suspension")


async def _suspension(request: web.Request, form: SuspensionForm, status: int = 200) -> web.Response:
    organisation = organisation_of(request)
    standing = await request.app[STORE].read(suspensions.of_organisation, organisation.id)
    return page(
        request,
        "operators/suspension.html",
        status=status,
        organisation=organisation,
        url=f"{home_url(organisation)}/suspension",
        back_url=home_url(organisation),
        suspension=standing,
        form=form,
    )


async def _added(request: web.Request, form: OrganisationForm) -> Organisation | str:
    """The organisation, or why the short name is not possible."""
    facts, deed_of = request.app[FACTS], _deed_of(request)
    try:
        return await request.app[STORE].write(
            _add, form.name.data or "", form.slug.data or "", facts, deed_of, request.app[CLOCK]()
        )
    except SlugTaken:
        return "Another organisation has, or had, this short name; choose another."
    except HostnameTaken as taken:
        return f"{taken}; choose another short name."
    except (BadSlug, BadName) as bad:
        return f"{bad}."


def _deed_of(request: web.Request) -> Callable[[Organisation], Entry]:
    """The audit entry of an addition, once there is what was added."""
    return lambda added: deed(request, added, "organisation.added", added.slug, name=added.name)


def _add(
    db: sqlite3.Connection,
    name: str,
    slug: str,
    facts: ProviderFacts,
    deed_of: Callable[[Organisation], Entry],
    now: datetime,
) -> Organisation:
    own = reserved_labels.own_labels(facts.provider_domain, (facts.admin_host, facts.cname_target))
    label = reserved_labels.parse(slug, own)
    if isinstance(label, NotALabel):
        raise BadSlug(label.reason)
    added = organisations.add(db, label, name, now)
    portal_names.settle(db, added.id, facts.provider_domain, now)
    audit.record(db, deed_of(added))
    return added


def _suspend(db: sqlite3.Connection, organisation_id: int, reason: str, entry: Entry) -> None:
    if suspensions.suspend(db, organisation_id, reason, entry.at):
        audit.record(db, entry)


def _resume(db: sqlite3.Connection, organisation_id: int, entry: Entry) -> None:
    if suspensions.resume(db, organisation_id):
        audit.record(db, entry)

"""Settings -> Customer Access: the wizard until the portal has an address, then its switch, address and form."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.keys import CLOCK, FACTS, STORE
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.saving import save
from admin.settings import setting_words
from admin.settings.forms import AccessForm, AddressForm
from admin.settings.seen import Look, look
from admin.settings.theme import colour_of
from admin.settings.words import certificate_state, routing_state
from admin.wizard.facts import facts_of, own_domain
from admin.wizard.onward import JUST_NOW, onward_of
from admin.wizard.picture import picture
from admin.wizard.progress import Onward, progress
from admin.wizard.steps import Facts, at_label
from admin.wizard.views import open_label, show_step
from portal.forms import fields, posted
from portal.tenancy import origin
from portal.theme import Colour, theme_of
from store import certificates, changeover, claims
from store.certificates import Certificate
from store.domains import Domain
from store.hostname import Hostname
from store.organisations import Organisation
from store.provider_labels import NotRenamed
from store.reserved_labels import own_labels
from store.setting_changes import Clash, Clashed, Saved


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page shows besides the form."""

    facts: Facts
    own: Domain | None
    certificate: Certificate | None
    onward: Onward
    look: Look
    claimed: list[tuple[Hostname, datetime]]
    """Its names that others ask for, and since when."""
    incoming: Domain | None
    """The name that is to take the present one's place."""


async def show(request: web.Request) -> web.Response:
    """GET .../settings/customer-access"""
    standing = await _standing(request)
    domain = standing.facts.domain
    if domain and (domain.live_at or at_label(domain)):
        form = _form(request, standing)
        form.process(data={**standing.look.values, "seen": str(standing.look.last)})
        return _page(request, standing, domain, form)
    return await show_step(request, standing.facts)


async def submit(request: web.Request) -> web.Response:
    """POST .../settings/customer-access: keep what was typed, or show it with what stands in the way."""
    standing = await _standing(request)
    domain = standing.facts.domain
    if domain is None:
        raise web.HTTPSeeOther(access_url(organisation_of(request)))
    form = _form(request, standing)
    form.process(await posted(request))
    if not form.validate():
        return _page(request, standing, domain, form, status=422)
    if "preview" in await fields(request):
        return _page(request, standing, domain, form)
    match await save(request, form.typed, seen=form.shown_up_to):
        case Clashed(clashes, shown):
            form.process(data={**shown, "seen": str((await _standing(request)).look.last)})
            return _page(request, standing, domain, form, status=409, clashes=clashes)
        case NotRenamed(reason):
            assert isinstance(form, AddressForm)
            form.label.errors = [f"{reason[:1].upper()}{reason[1:]}."]
            return _page(request, standing, domain, form, status=409)
        case Saved():
            await open_label(request)
            raise web.HTTPSeeOther(f"{access_url(organisation_of(request))}?saved=1#settings")


def _page(
    request: web.Request,
    standing: Standing,
    domain: Domain,
    form: AccessForm,
    *,
    status: int = 200,
    clashes: tuple[Clash, ...] = (),
) -> web.Response:
    organisation, facts, now = organisation_of(request), standing.facts, request.app[CLOCK]()
    seen = picture(facts, domain, now)
    onward = standing.onward
    fresh = domain.live_at is not None and now - domain.live_at < JUST_NOW and not onward.is_done
    return page(
        request,
        "settings/customer_access.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=access_url(organisation),
        tab="",
        position=seen.position,
        state=seen.token,
        stages=progress(seen.position, onward) if fresh and facts.enabled else (),
        onward=onward,
        enabled=facts.enabled,
        domain=domain,
        at_label=at_label(domain),
        claimed=standing.claimed,
        incoming=standing.incoming,
        resting=standing.own if at_label(domain) else None,
        portal_url=origin(domain.hostname, request.app[FACTS].public_https_port) + "/",
        routing=routing_state(domain.routing),
        certificate=certificate_state(facts.standing, standing.certificate is not None),
        valid_until=_last_day(standing.certificate, organisation),
        form=form,
        theme=theme_of(_colour(form, standing)),
        clashes=clashes,
        words=setting_words,
        saved=status == 200 and "saved" in request.query,
    )


def _form(request: web.Request, standing: Standing) -> AccessForm:
    facts = request.app[FACTS]
    if not facts.provider_domain:
        return AccessForm()
    form = AddressForm()
    form.own = own_labels(facts.provider_domain, (facts.admin_host, facts.cname_target))
    form.present = str(standing.look.values["label"])
    return form


def _colour(form: AccessForm, standing: Standing) -> Colour:
    return form.chosen or colour_of(standing.look.values["theme_colour"])


async def _standing(request: web.Request) -> Standing:
    return await request.app[STORE].read(_read, organisation_of(request), request.app[CLOCK]())


def _read(db: sqlite3.Connection, organisation: Organisation, now: datetime) -> Standing:
    facts = facts_of(db, organisation.id)
    certificate = certificates.standing(db, facts.domain.hostname, now) if facts.domain else None
    return Standing(
        facts,
        own_domain(db, organisation.id),
        certificate,
        onward_of(db, organisation),
        look(db, organisation.id),
        claims.against(db, organisation.id, now),
        changeover.incoming(db, organisation.id),
    )


def _last_day(certificate: Certificate | None, organisation: Organisation) -> datetime | None:
    return certificate.not_after.astimezone(ZoneInfo(organisation.time_zone)) if certificate else None

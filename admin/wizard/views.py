"""The wizard's first steps, and where each leads; each answer is one transaction and a 303."""

from typing import NoReturn
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, COMPLETE, FACTS, STORE
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.saving import save
from admin.wizard import registration
from admin.wizard.claiming import house_of
from admin.wizard.connecting import Pages
from admin.wizard.facts import ASKED, facts_of, own_domain
from admin.wizard.forms import OURS, WHOLE, ChooseForm
from admin.wizard.names import Refused, Whole, provider_of, understand
from admin.wizard.progress import progress
from admin.wizard.registration import Outcome
from admin.wizard.steps import Facts, Phase, Step, at_label, position
from portal.forms import fields, posted
from store import audit, claims, portal_names
from store.hostname import Hostname
from store.setting_values import ENABLED

CONNECTING = Pages("", facts_of)
"""The pages of the portal's own address."""


async def show_step(
    request: web.Request,
    facts: Facts,
    *,
    status: int = 200,
    form: ChooseForm | None = None,
    refused: Refused | None = None,
    whole: Whole | None = None,
) -> web.Response:
    """The page of the step where the portal stands."""
    organisation = organisation_of(request)
    reached = position(facts, request.app[CLOCK]())
    if reached.step in (Step.RECORD, Step.COMPLETE):
        return await CONNECTING.show(request, facts, status=status, stages=progress(reached))
    return page(
        request,
        f"wizard/{reached.step.name.lower()}.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=access_url(organisation),
        position=reached,
        stages=progress(reached),
        form=form or ChooseForm(),
        refused=refused,
        whole=whole,
        label_name=await _label_name(request),
        open_claims=await request.app[STORE].read(
            claims.of_organisation, organisation.id, request.app[CLOCK]()
        ),
        tab="",
    )


async def choose(request: web.Request) -> web.Response:
    """POST .../domain: register the name that was typed, or say why not, or ask back."""
    organisation, store = organisation_of(request), request.app[STORE]
    facts = await store.read(facts_of, organisation.id)
    if position(facts, request.app[CLOCK]()).step is not Step.CHOOSE:
        _onward(request)
    form = ChooseForm(await posted(request))
    if form.way.data == OURS:
        await use_label(request)
    if not form.validate():
        return await show_step(request, facts, status=422, form=form)
    understood = understand(form.hostname.data or "", provider_of(request.app[FACTS]))
    match understood:
        case Refused():
            form.hostname.errors = [understood.reason]
            return await show_step(request, facts, status=422, form=form, refused=understood)
        case Whole() if form.way.data != WHOLE:
            return await show_step(request, facts, form=form, whole=understood)
    name = understood.hostname
    outcome = await store.write(
        registration.register,
        organisation.id,
        name,
        house_of(request.app[FACTS]),
        deed(request, organisation, "domain.added", name),
    )
    if outcome is Outcome.REGISTERED:
        request.app[COMPLETE](name)
    if outcome is Outcome.CLAIMED:
        raise web.HTTPSeeOther(f"{access_url(organisation)}/claim")
    if outcome in (Outcome.REGISTERED, Outcome.OPEN):
        _onward(request)
    form.hostname.errors = [outcome.value]
    return await show_step(request, facts, status=409, form=form)


async def complete(request: web.Request) -> NoReturn:
    """POST .../domain/complete: look, get the certificate and open the portal now, or join what is under way."""
    organisation, store = organisation_of(request), request.app[STORE]
    facts = await store.read(facts_of, organisation.id)
    reached = position(facts, request.app[CLOCK]())
    if facts.domain and reached.step in (Step.RECORD, Step.COMPLETE):
        name = facts.domain.hostname
        if reached.phase is not Phase.OURS or reached.slow:
            await store.write(audit.record, deed(request, organisation, ASKED, name))
        request.app[COMPLETE](name)
    _onward(request)


async def remove(request: web.Request) -> NoReturn:
    """POST .../domain/remove: back to the choice; a name that never went live, or leads on, is freed."""
    organisation, store = organisation_of(request), request.app[STORE]
    domain = await store.read(own_domain, organisation.id)
    if domain:
        entry = deed(request, organisation, "domain.removed", domain.hostname)
        await store.write(registration.free, organisation.id, domain.hostname, entry)
    _onward(request)


async def switch(request: web.Request) -> NoReturn:
    """POST .../portal: switch the portal on or off."""
    enabled = (await fields(request)).get("enabled") == "1"
    await save(request, {ENABLED: enabled}, action="portal.enabled" if enabled else "portal.disabled")
    await open_label(request)
    _onward(request)


async def use_label(request: web.Request) -> NoReturn:
    """POST .../label: no name of one's own for now; the portal is at the one under the provider's domain."""
    if request.app[FACTS].provider_domain:
        await save(request, {"use_external": False})
        await open_label(request)
    _onward(request)


async def open_label(request: web.Request) -> None:
    """Where the portal is at its name under the provider's domain: get its certificate, see whether it opens."""
    organisation, store = organisation_of(request), request.app[STORE]
    facts = await store.read(facts_of, organisation.id)
    if facts.enabled and facts.domain and at_label(facts.domain) and not facts.domain.live_at:
        await store.write(audit.record, deed(request, organisation, ASKED, facts.domain.hostname))
        request.app[COMPLETE](facts.domain.hostname)


def _onward(request: web.Request) -> NoReturn:
    raise web.HTTPSeeOther(access_url(organisation_of(request)))


async def _label_name(request: web.Request) -> Hostname | None:
    domain = request.app[FACTS].provider_domain
    return await request.app[STORE].read(portal_names.provider_hostname, organisation_of(request).id, domain)

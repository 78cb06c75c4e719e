"""Claiming: names that are in use elsewhere: the TXT record that proves whose they are, and what became of it."""

from datetime import timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, COMPLETE, FACTS, OPERATIONS, STORE
from admin.pages import access_url, page
from admin.provider import ProviderFacts
from admin.rights import organisation_of
from admin.wizard import registration
from admin.wizard.records import relative_name
from portal.forms import fields, text
from store import claims, ownership
from store.claims import Claim
from store.hostname import Hostname, canonical, registered_domain
from store.ownership import Proof

PAUSE = timedelta(seconds=2)
"""A second check within this time asks nobody."""
WORDS = {
    Proof.MISSING: "There is no such TXT record yet. It can take a few minutes until your DNS host shows it.",
    Proof.OTHER: "There is a TXT record of ours with another value. Replace it by the one below.",
    Proof.QUOTED: "The value stands within quotation marks of its own. Enter it without any: your panel adds them.",
    Proof.UNASKED: "The name servers of your domain did not answer just now. Check again in a moment.",
}


def house_of(facts: ProviderFacts) -> registration.House:
    """The provider, as registration needs it."""
    return registration.House(facts.cname_target, facts.mail)


async def show(request: web.Request) -> web.Response:
    """GET .../claim: the organisation's open claims."""
    return await _page(request)


async def check(request: web.Request) -> web.Response:
    """POST .../claim/check: ask the DNS for the proof now; where it stands, the name is the organisation's."""
    organisation, store, now = organisation_of(request), request.app[STORE], request.app[CLOCK]()
    claim = await _claim(request)
    if claim is None:
        raise web.HTTPSeeOther(f"{access_url(organisation)}/claim")
    if claim.checked_at and now - claim.checked_at < PAUSE:
        raise web.HTTPSeeOther(f"{access_url(organisation)}/claim")
    await store.write(claims.checked, organisation.id, claim.hostname, now)
    found = await request.app[OPERATIONS].zone_texts(ownership.proof_name(claim.hostname))
    proof = ownership.judge(found, claim.proof)
    if proof is not Proof.SEEN:
        return await _page(request, asked=(claim.hostname, WORDS[proof]), status=409)
    entry = deed(request, organisation, "domain.taken", claim.hostname)
    house = house_of(request.app[FACTS])
    if await store.write(registration.take, organisation.id, claim.hostname, house, entry):
        request.app[COMPLETE](claim.hostname)
    raise web.HTTPSeeOther(access_url(organisation))


async def give_up(request: web.Request) -> NoReturn:
    """POST .../claim/give-up: the name is asked for no more."""
    organisation, claim = organisation_of(request), await _claim(request)
    if claim:
        entry = deed(request, organisation, "domain.claim_given_up", claim.hostname)
        await request.app[STORE].write(registration.give_up, organisation.id, claim.hostname, entry)
    raise web.HTTPSeeOther(access_url(organisation))


async def _claim(request: web.Request) -> Claim | None:
    name = canonical(text(await fields(request), "hostname"))
    if name is None:
        return None
    now = request.app[CLOCK]()
    return await request.app[STORE].read(claims.find, organisation_of(request).id, name, now)


async def _page(
    request: web.Request, *, asked: tuple[Hostname, str] | None = None, status: int = 200
) -> web.Response:
    organisation, now = organisation_of(request), request.app[CLOCK]()
    opened = await request.app[STORE].read(claims.of_organisation, organisation.id, now)
    return page(
        request,
        "wizard/claim.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=access_url(organisation),
        claims=[(each, *_record(each)) for each in opened],
        asked=asked,
        tab="",
    )


def _record(claim: Claim) -> tuple[str, str]:
    """The record's name as panels want it, within its domain and in full."""
    name = ownership.proof_name(claim.hostname)
    zone = registered_domain(claim.hostname)
    inner = relative_name(claim.hostname)
    relative = ownership.PROOF_LABEL if zone == claim.hostname else f"{ownership.PROOF_LABEL}.{inner}"
    return relative, name

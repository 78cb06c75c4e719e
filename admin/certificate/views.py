"""The page: what certificate a name shows and until when, the form for an own one, and how visitors come to it."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.certificate import accepting, material
from admin.certificate.faults import Fault
from admin.certificate.issuers import called
from admin.certificate.material import Material
from admin.certificate.receiving import received
from admin.deeds import deed
from admin.keys import CLOCK, OPERATIONS, STORE, VAULT
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.wizard.facts import own_domain
from portal.forms import fields
from store import certificates, issuance
from store.certificates import Certificate, Source
from store.domains import Domain
from store.issuance import Standing

DONE = {
    "uploaded": "Your certificate is in use from now on.",
    "in-order": "Your certificate is in use from now on. We put its chain in order: the certificate first, no root.",
    "origin": (
        "Your certificate is in use from now on. Only Cloudflare trusts it: whoever reaches this name without"
        " Cloudflare’s proxy is warned by their browser."
    ),
    "withdrawn": "Your certificate is taken out of use.",
    "way": "Saved.",
}
TOO_LARGE = Fault(
    "too_large", "That is more than 64 kB.", "Send the certificate, its chain and its key alone."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is about; `domain` is None where the organisation has no name of its own."""

    domain: Domain | None
    certificate: Certificate | None
    standing: Standing


async def show(request: web.Request) -> web.Response:
    """GET .../certificate"""
    done = next((text for name, text in DONE.items() if name in request.query), "")
    return await _page(request, done=done)


async def upload(request: web.Request) -> web.Response:
    """POST .../certificate: judge what was sent and serve it, or say what is wrong with it."""
    sent = await received(request)
    if sent is None:
        return await _page(request, TOO_LARGE, status=413)
    domain = (await _shown(request)).domain
    if domain is None:
        _back(request)
    found = material.read(sent, domain.hostname, request.app[CLOCK]())
    if isinstance(found, Fault):
        return await _page(request, found, status=422)
    rehearsed = await request.app[OPERATIONS].rehearse(domain.hostname, found.chain_pem, found.key_pem)
    if fault := accepting.judged(found, rehearsed, behind_proxy=domain.destination.behind_proxy):
        return await _page(request, fault, status=422)
    await _put(request, domain, found)
    _back(request, "origin" if found.by_origin_ca else "uploaded" if found.in_order else "in-order")


async def withdraw(request: web.Request) -> NoReturn:
    """POST .../certificate/withdraw: serve what was uploaded no more."""
    organisation, domain = organisation_of(request), (await _shown(request)).domain
    if domain:
        entry = deed(request, organisation, "certificate.withdrawn", domain.hostname)
        await request.app[STORE].write(accepting.withdraw, organisation.id, domain.hostname, entry)
    _back(request, "withdrawn")


async def set_way(request: web.Request) -> NoReturn:
    """POST .../certificate/way: whether Cloudflare stands before the name, and whether we get certificates for it."""
    organisation, domain = organisation_of(request), (await _shown(request)).domain
    form = await fields(request)
    if domain:
        way = "behind_proxy" in form, "ordered" in form
        words = {"behind_proxy": str(way[0]).lower(), "ordered": str(way[1]).lower()}
        entry = deed(request, organisation, "domain.way_set", domain.hostname, **words)
        await request.app[STORE].write(accepting.set_way, organisation.id, domain.hostname, way, entry)
    _back(request, "way")


async def _put(request: web.Request, domain: Domain, found: Material) -> None:
    organisation = organisation_of(request)
    sealed = accepting.sealed(found, domain.hostname, request.app[VAULT])
    detail = {"serial": sealed.serial, "until": sealed.not_after.date().isoformat()}
    entry = deed(request, organisation, "certificate.uploaded", domain.hostname, **detail)
    await request.app[STORE].write(accepting.put, organisation.id, sealed, entry)


async def _page(
    request: web.Request, fault: Fault | None = None, *, status: int = 200, done: str = ""
) -> web.Response:
    organisation, shown, now = organisation_of(request), await _shown(request), request.app[CLOCK]()
    certificate = shown.certificate
    uploaded = certificate is not None and certificate.source is Source.UPLOADED
    return page(
        request,
        "certificate/index.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=access_url(organisation),
        tab="certificate",
        domain=shown.domain,
        certificate=certificate,
        issuer=called(certificate.issuer) if certificate else "",
        uploaded=uploaded,
        days_left=(certificate.not_after - now).days if certificate else None,
        next_at=shown.standing.next_action_at,
        failure=shown.standing.detail or shown.standing.cause,
        fault=fault,
        done=done,
    )


async def _shown(request: web.Request) -> Shown:
    return await request.app[STORE].read(_read, organisation_of(request).id, request.app[CLOCK]())


def _read(db: sqlite3.Connection, organisation_id: int, now: datetime) -> Shown:
    domain = own_domain(db, organisation_id)
    if domain is None:
        return Shown(None, None, Standing())
    return Shown(
        domain, certificates.standing(db, domain.hostname, now), issuance.standing(db, domain.hostname)
    )


def _back(request: web.Request, done: str = "") -> NoReturn:
    raise web.HTTPSeeOther(
        f"{access_url(organisation_of(request))}/certificate{f'?{done}=1' if done else ''}"
    )

"""Asking for another address, under Security: known or not to others, the same answer at once; the mail follows."""

import sqlite3
from datetime import timedelta

from aiohttp import web

from portal import pages, throttle
from portal.address_change import mails
from portal.address_change.forms import AddressForm
from portal.desk import desk
from portal.forms import posted
from portal.later import later
from portal.mail import Provider
from portal.security.ground import Ground
from portal.security.proof import require
from portal.security.realm import Holder
from portal.security.words import waiting
from portal.services import PORTAL, services
from portal.words import _
from store import audit, users
from store.audit import Entry
from store.tokens import LIFETIMES, Claim, Purpose
from store.users import canonical_email

ADDRESS = "/security/address"


async def show(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """GET /security/address"""
    require(holder.session, ground.clock(), ADDRESS)
    return _page(request, holder, AddressForm())


async def submit(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """POST /security/address"""
    now = ground.clock()
    require(holder.session, now, ADDRESS)
    form = AddressForm(await posted(request))
    if not form.validate():
        return _page(request, holder, form, status=400)
    email = canonical_email(form.email.data or "")
    if email == holder.person.email:
        form.email.errors = [_("You sign in with this address already.")]
        return _page(request, holder, form, status=400)
    if wait := await throttle.mails(request, email):
        words = waiting(wait.until, now)
        form.form_errors.append(words.sentence)
        response = _page(request, holder, form, status=429)
        response.headers["Retry-After"] = str(words.seconds)
        return response
    entry = holder.person.entry("address_asked", holder.session, now)
    service, organisation_id = services(request), request[PORTAL].organisation_id
    later(
        request,
        service.store.write(_ask, organisation_id, email, service.provider, entry),
        "mail a link to confirm an address",
    )
    return _page(request, holder, form, sent_to=email)


def _ask(db: sqlite3.Connection, organisation_id: int, email: str, provider: Provider, entry: Entry) -> None:
    """Mail a link there, unless somebody signs in with it already: whose address it is, is nobody's to know."""
    user_id, now = _id_of(entry.actor), entry.at
    at, user = desk(db, organisation_id, provider), users.by_id(db, organisation_id, user_id)
    if at is None or user is None:
        return
    audit.record(db, entry)
    if users.by_email(db, organisation_id, email) is not None:
        return
    claim = Claim(
        purpose=Purpose.ADDRESS, host=at.host, user_id=user_id, email=email, detail={"before": user.email}
    )
    lifetime = LIFETIMES[claim.purpose]
    token = at.issue(db, claim, now)
    letter = mails.confirm(at.head, token=token, hours=lifetime // timedelta(hours=1))
    at.send(db, letter, email, now, user_id=user_id, lifetime=lifetime)


def _id_of(actor: str) -> int:
    return int(actor.partition(":")[2])


def _page(
    request: web.Request, holder: Holder, form: AddressForm, *, status: int = 200, sent_to: str = ""
) -> web.Response:
    return pages.render(
        request,
        "address_change/ask.html",
        status=status,
        form=form,
        email=holder.person.email,
        sent_to=sent_to,
        csrf=holder.session.csrf_token,
    )

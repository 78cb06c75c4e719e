"""The page of an invitation's link: opening it spends nothing; choosing a password does, and signs in."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from portal import newcomer, open_page, throttle
from portal.forms import posted
from portal.invitation import inviting
from portal.invitation.forms import WelcomeForm
from portal.later import later
from portal.new_password import HINT
from portal.newcomer import Door
from portal.security.words import waiting
from portal.services import PORTAL, services
from portal.sessions import NewSession
from portal.tenancy import HOSTNAME
from store import audit, invitations, tokens, users
from store.audit import Entry
from store.hostname import Hostname
from store.tokens import Gone, Purpose, Token
from store.users import Membership, Status, User

INVITED = "invitation"


@dataclass(frozen=True, slots=True)
class Guest:
    """Who was invited, and for which customers."""

    user: User
    memberships: list[Membership]


async def show(request: web.Request) -> web.StreamResponse:
    """GET /invitation/{token}: whom it is for, and a form."""
    found = await _look(request)
    if isinstance(found, Gone):
        return _gone(request, found)
    return _page(request, found, WelcomeForm(data={"name": found.user.name}))


async def accept(request: web.Request) -> web.StreamResponse:
    """POST /invitation/{token}: spend it."""
    await open_page.check(request)
    found = await _look(request)
    if isinstance(found, Gone):
        return _gone(request, found)
    form, service = WelcomeForm(await posted(request)), services(request)
    names = (member.name for member in found.memberships)
    if not form.check(found.user.email, request[PORTAL].name, *names):
        return _page(request, found, form, status=400)
    hashed = await service.passwords.hash(form.password.data or "")
    accepted = await service.store.write(
        _accept,
        request[PORTAL].organisation_id,
        _Link(request[HOSTNAME], request.match_info["token"]),
        _Chosen(form.name.data or "", hashed, request.remote or ""),
        newcomer.door(request, INVITED),
        service.clock(),
    )
    if isinstance(accepted, Gone):
        return _gone(request, accepted)
    raise newcomer.welcome(accepted)


async def ask_again(request: web.Request) -> web.StreamResponse:
    """POST /invitation/{token}/again: a new link to the same address; the answer tells nothing of who is there."""
    await open_page.check(request)
    found, service = await _look(request), services(request)
    if isinstance(found, Gone) and found.was and found.was.claim.user_id is not None:
        if wait := await throttle.mails(request, found.was.claim.email):
            words = waiting(wait.until, service.clock())
            return open_page.show(
                request, "invitation/gone.html", status=429, wait=words.sentence, asked=False
            )
        send = service.store.write(
            inviting.link_again,
            request[PORTAL].organisation_id,
            found.was.claim.user_id,
            service.provider,
            service.clock(),
        )
        later(request, send, "mail an invitation again")
    elif isinstance(found, Gone):
        raise web.HTTPNotFound
    return open_page.show(request, "invitation/gone.html", wait="", asked=True)


@dataclass(frozen=True, slots=True)
class _Link:
    host: Hostname
    token: str


@dataclass(frozen=True, slots=True)
class _Chosen:
    name: str
    password_hash: str
    address: str


async def _look(request: web.Request) -> Guest | Gone:
    service = services(request)
    return await service.store.read(
        _guest,
        request[PORTAL].organisation_id,
        _Link(request[HOSTNAME], request.match_info["token"]),
        service.clock(),
    )


def _guest(db: sqlite3.Connection, organisation_id: int, link: _Link, now: datetime) -> Guest | Gone:
    found = tokens.look(db, organisation_id, link.host, Purpose.INVITATION, link.token, now)
    return _guest_of(db, organisation_id, found) if isinstance(found, Token) else found


def _guest_of(db: sqlite3.Connection, organisation_id: int, token: Token) -> Guest | Gone:
    user = users.by_id(db, organisation_id, token.claim.user_id or 0)
    if user is None or user.status is not Status.INVITED:
        return Gone(token)
    return Guest(user, users.memberships(db, organisation_id, user.id))


def _accept(
    db: sqlite3.Connection, organisation_id: int, link: _Link, chosen: _Chosen, door: Door, now: datetime
) -> NewSession | Gone:
    found = tokens.spend(db, organisation_id, link.host, Purpose.INVITATION, link.token, now)
    guest = _guest_of(db, organisation_id, found) if isinstance(found, Token) else found
    if isinstance(guest, Gone):
        return guest
    user = invitations.accept(db, organisation_id, guest.user.id, chosen.name, chosen.password_hash)
    assert user is not None
    actor = f"user:{user.id}"
    entry = Entry(organisation_id, actor, "user.accepted_invitation", actor, {}, chosen.address, now)
    audit.record(db, entry)
    new = door.let_in(db, organisation_id, user.id)
    assert new is not None
    return new


def _page(request: web.Request, guest: Guest, form: WelcomeForm, *, status: int = 200) -> web.Response:
    return open_page.show(
        request,
        "invitation/welcome.html",
        status=status,
        guest=guest,
        form=form,
        hint=HINT,
        path=request.path,
    )


def _gone(request: web.Request, gone: Gone) -> web.Response:
    """What to do about a link that is over; one that never was is missing like any page."""
    if gone.was is None:
        raise web.HTTPNotFound
    return open_page.show(
        request,
        "invitation/gone.html",
        status=410,
        wait="",
        asked=False,
        used=gone.was.used_at is not None,
        path=request.path,
    )

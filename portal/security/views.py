"""Security: how somebody signs in, where they are signed in, and when they came."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from aiohttp import web

from portal.forms import posted
from portal.mail.notices import Happened
from portal.new_password import HINT
from portal.security import devices, history
from portal.security.enrolment import PAGE
from portal.security.forms import ChoiceForm
from portal.security.ground import Ground
from portal.security.history import Attempt
from portal.security.proof import require
from portal.security.realm import Holder, Person, Realm
from portal.words import N_
from store import audit, outbox, second_factors, sessions
from store.outbox import Message
from store.second_factors import Factor
from store.sessions import Session

HISTORY = 5
PASSWORD = "/security/password"
DONE = {
    "password": N_("Your password is changed. You are signed out everywhere else."),
    "factor-off": N_("The second step is switched off."),
    "ended": N_("That session has ended."),
    "others-ended": N_("You are signed out everywhere else."),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A session as people see it."""

    session: Session
    device: str
    here: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows of somebody."""

    factor: Factor | None
    codes_left: int
    sessions: list[Session]
    history: list[Attempt]


async def show(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """GET /security"""
    now = ground.clock()
    found = await ground.store.read(_found, holder.person, now, ground.idle)
    here = holder.session.token_hash
    places = [Place(each, devices.shown_of(each.agent), each.token_hash == here) for each in found.sessions]
    return ground.page(
        request,
        "security/security.html",
        person=holder.person,
        csrf=holder.session.csrf_token,
        found=found,
        places=sorted(places, key=lambda place: not place.here),
        zone=ground.zone,
        at=now,
        asked_for=ground.asks_for_factor,
        is_portal=ground.is_portal,
        device=devices.shown,
        done=DONE.get(request.query.get("done", ""), ""),
    )


async def edit_password(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """GET /security/password"""
    require(holder.session, ground.clock(), PASSWORD)
    return _password_page(request, ground, holder, ChoiceForm())


async def save_password(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """POST /security/password: a new one; whoever is signed in elsewhere is signed out."""
    now = ground.clock()
    require(holder.session, now, PASSWORD)
    form = ChoiceForm(await posted(request))
    if not form.check(holder.person.email, ground.name):
        return _password_page(request, ground, holder, form, status=400)
    hashed = await ground.passwords.hash(form.password.data or "")
    notice = await ground.notice(request, holder.person, Happened.PASSWORD_CHANGED)
    await ground.store.write(_keep_password, ground.realm, holder, hashed, notice, now)
    raise web.HTTPSeeOther(f"{PAGE}?done=password")


async def end(request: web.Request, ground: Ground, holder: Holder) -> NoReturn:
    """POST /security/sessions/{name}/end: one that is not this one; a name of nobody's ends nothing."""
    await ground.store.write(_end, holder, request.match_info["name"], ground.clock(), ground.idle)
    raise web.HTTPSeeOther(f"{PAGE}?done=ended")


async def end_others(request: web.Request, ground: Ground, holder: Holder) -> NoReturn:
    """POST /security/sessions/end-others"""
    await ground.store.write(_end_others, holder, ground.clock())
    raise web.HTTPSeeOther(f"{PAGE}?done=others-ended")


def _found(db: sqlite3.Connection, person: Person, now: datetime, idle: timedelta) -> Found:
    factor = second_factors.confirmed(db, person.owner)
    return Found(
        factor=factor,
        codes_left=second_factors.codes_left(db, factor.id) if factor else 0,
        sessions=sessions.of_owner(db, person.owner, now, idle),
        history=history.of_person(db, person, now)[:HISTORY],
    )


def _keep_password(
    db: sqlite3.Connection,
    realm: Realm,
    holder: Holder,
    hashed: str,
    notice: Message | None,
    now: datetime,
) -> None:
    owner = holder.person.owner
    realm.keep_password(db, owner, hashed)
    sessions.remove_others(db, owner, holder.session.token_hash)
    audit.record(db, holder.person.entry("password_changed", holder.session, now))
    if notice:
        outbox.put(db, realm.outbox_of, notice, now)


def _end(db: sqlite3.Connection, holder: Holder, name: str, now: datetime, idle: timedelta) -> None:
    for session in sessions.of_owner(db, holder.person.owner, now, idle):
        if session.name == name and session.token_hash != holder.session.token_hash:
            sessions.remove(db, session.token_hash)
            ended = {"with": devices.words(session.agent)}
            audit.record(db, holder.person.entry("session_ended", holder.session, now, **ended))


def _end_others(db: sqlite3.Connection, holder: Holder, now: datetime) -> None:
    ended = sessions.remove_others(db, holder.person.owner, holder.session.token_hash)
    if ended:
        entry = holder.person.entry("other_sessions_ended", holder.session, now, sessions=str(ended))
        audit.record(db, entry)


def _password_page(
    request: web.Request, ground: Ground, holder: Holder, form: ChoiceForm, *, status: int = 200
) -> web.Response:
    return ground.page(
        request,
        "security/password.html",
        status=status,
        form=form,
        hint=HINT,
        email=holder.person.email,
        csrf=holder.session.csrf_token,
    )

"""The second step of signing in: after the password, a code of the app or a recovery code."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from portal import csrf
from portal import sessions as cookies
from portal.forms import posted
from portal.mail.notices import Happened
from portal.security import factor as factors
from portal.security.factor import Given, Kind, Wrong
from portal.security.forms import CodeForm
from portal.security.ground import Ground, ground_of
from portal.security.realm import Holder, Person, Realm
from portal.security.words import waiting
from portal.signin import entry, failing, views
from portal.signin.attempt import notice_of_new_device
from portal.signin.next_url import safe_next
from portal.words import N_, _
from store import outbox, second_factors, sessions
from store.outbox import Message
from store.owner import Owner
from store.second_factors import Factor
from store.sessions import Session
from store.signin import Wait

WRONG = N_(
    "That code is not right, or was used before. Wait for the next one in your app, or use a recovery code."
)


@dataclass(frozen=True, slots=True)
class _Step:
    """Who stands at the second step, with what, and the session they get."""

    holder: Holder
    factor: Factor
    given: Given | Wrong
    session: Session
    notices: list[Message]


async def show(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/code"""
    ground = ground_of(request)
    holder, _ = await _waiting_here(request, ground)
    return _page(request, ground, holder, CodeForm(data={"next": safe_next(request.query.get("next", "/"))}))


async def submit(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/code"""
    ground = ground_of(request)
    holder, factor = await _waiting_here(request, ground)
    await csrf.check_token(request, holder.session.csrf_token)
    form, now, owner = CodeForm(await posted(request)), ground.clock(), holder.person.owner
    if not form.validate():
        return _page(request, ground, holder, form, status=400)
    given = factors.read(ground.vault, owner, factor, form.given, now)
    new = cookies.of_owner(request, ground.host, owner, now)
    step = _Step(holder, factor, given, new.session, await _notices(request, ground, holder.person, given))
    result = await ground.store.write(_open, ground.realm, step, now)
    match result:
        case Wait(until):
            wait = waiting(until, now)
            form.form_errors.append(wait.sentence)
            response = _page(request, ground, holder, form, status=429)
            response.headers["Retry-After"] = str(wait.seconds)
            return response
        case Wrong():
            failing.note(request, ground, owner, failing.CODE)
            form.refuse(_(WRONG))
            return _page(request, ground, holder, form, status=401)
        case Session():
            raise views.onward(replace(new, session=result), safe_next(form.next.data or "/"))


async def _waiting_here(request: web.Request, ground: Ground) -> tuple[Holder, Factor]:
    """Whose password was right in this browser; who is not at this step is led to theirs."""
    next_url = safe_next(request.query.get("next", "/"))
    session = await views.current(request, ground)
    if session is None or session.read_only:
        raise web.HTTPSeeOther(views.SIGN_IN)
    if not session.awaits_factor:
        raise web.HTTPSeeOther(next_url)
    person, factor = await ground.store.read(_look, ground.realm, session.owner)
    if person is None or factor is None:
        raise web.HTTPSeeOther(views.SIGN_IN)
    return Holder(person, session), factor


async def _notices(
    request: web.Request, ground: Ground, person: Person, given: Given | Wrong
) -> list[Message]:
    """What they are told by mail if the code is taken."""
    notices = [await notice_of_new_device(request, ground, person)]
    if isinstance(given, Given) and given.code_hash:
        notices.append(await ground.notice(request, person, Happened.RECOVERY_CODE_USED))
    return [notice for notice in notices if notice]


def _look(db: sqlite3.Connection, realm: Realm, owner: Owner) -> tuple[Person | None, Factor | None]:
    return realm.by_owner(db, owner), second_factors.confirmed(db, owner)


def _open(db: sqlite3.Connection, realm: Realm, step: _Step, now: datetime) -> Session | Wrong | Wait:
    owner = step.holder.person.owner
    taken = factors.attempt(db, factors.throttle(realm, owner), step.factor, step.given, now)
    person = realm.by_owner(db, owner)
    if not isinstance(taken, Kind):
        return taken
    if person is None:  # suspended meanwhile
        return Wrong()
    sessions.remove(db, step.holder.session.token_hash)
    for notice in step.notices:
        outbox.put(db, realm.outbox_of, notice, now)
    return entry.let_in_wholly(db, realm, person, step.session, taken.value)


def _page(
    request: web.Request, ground: Ground, holder: Holder, form: CodeForm, *, status: int = 200
) -> web.Response:
    return ground.page(
        request,
        "security/second_step.html",
        status=status,
        form=form,
        csrf=holder.session.csrf_token,
        email=holder.person.email,
    )

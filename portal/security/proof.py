"""Proof: who changes what guards their sign-in says again who they are, if that was not just now."""

import sqlite3
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from portal.forms import posted
from portal.passwords import MAX_LENGTH
from portal.security import factor as factors
from portal.security.factor import Given, Kind, Wrong
from portal.security.forms import ProofForm
from portal.security.ground import Ground
from portal.security.realm import Holder, Realm
from portal.security.words import waiting
from portal.signin.next_url import safe_next
from portal.words import N_, _
from store import second_factors, sessions, signin
from store.second_factors import Factor
from store.sessions import Session
from store.signin import Wait

LASTS = timedelta(minutes=10)
PROOF = "/security/proof"
WRONG = N_("That is not right. Check it and try again.")


def is_proved(session: Session, now: datetime) -> bool:
    """Whether the password or a code was given in this session in the last ten minutes."""
    return session.proved_at is not None and now < session.proved_at + LASTS


def require(session: Session, now: datetime, next_url: str) -> None:
    """Go on, or be led to say who one is, and from there to `next_url`."""
    if not is_proved(session, now):
        raise web.HTTPSeeOther(f"{PROOF}?{urlencode({'next': next_url})}")


async def show(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """GET /security/proof"""
    factor = await ground.store.read(second_factors.confirmed, holder.person.owner)
    form = ProofForm(data={"next": safe_next(request.query.get("next", "/security"))})
    return _page(request, ground, holder, form, factor)


async def submit(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """POST /security/proof"""
    factor = await ground.store.read(second_factors.confirmed, holder.person.owner)
    form, now = ProofForm(await posted(request)), ground.clock()
    if not form.validate():
        return _page(request, ground, holder, form, factor, status=400)
    if form.password.data:
        result = await _by_password(ground, holder, form.password.data, now)
    else:
        result = await _by_code(ground, holder, factor, form.given, now)
    match result:
        case Wait(until):
            wait = waiting(until, now)
            form.form_errors.append(wait.sentence)
            response = _page(request, ground, holder, form, factor, status=429)
            response.headers["Retry-After"] = str(wait.seconds)
            return response
        case Wrong():
            form.form_errors.append(_(WRONG))
            return _page(request, ground, holder, form, factor, status=401)
        case _:
            raise web.HTTPSeeOther(safe_next(form.next.data or "/security"))


async def _by_password(ground: Ground, holder: Holder, password: str, now: datetime) -> Wrong | Wait | None:
    subject = factors.throttle(ground.realm, holder.person.owner)
    if wait := await ground.store.write(signin.begin, (subject,), now):
        return wait
    verdict = await ground.passwords.verify(holder.person.password_hash, password[: MAX_LENGTH * 4])
    if not verdict.right:
        return Wrong()
    await ground.store.write(_prove, ground.realm, holder, now)
    return None


async def _by_code(
    ground: Ground, holder: Holder, factor: Factor | None, text: str, now: datetime
) -> Wrong | Wait | None:
    if factor is None:
        return Wrong()
    given = factors.read(ground.vault, holder.person.owner, factor, text, now)
    result = await ground.store.write(_take, ground.realm, holder, factor, given, now)
    return None if isinstance(result, Kind) else result


def _take(
    db: sqlite3.Connection, realm: Realm, holder: Holder, factor: Factor, given: Given | Wrong, now: datetime
) -> Kind | Wrong | Wait:
    subject = factors.throttle(realm, holder.person.owner)
    taken = factors.attempt(db, subject, factor, given, now)
    if isinstance(taken, Kind):
        sessions.prove(db, holder.session.token_hash, now)
    return taken


def _prove(db: sqlite3.Connection, realm: Realm, holder: Holder, now: datetime) -> None:
    signin.forget(db, factors.throttle(realm, holder.person.owner))
    sessions.prove(db, holder.session.token_hash, now)


def _page(
    request: web.Request,
    ground: Ground,
    holder: Holder,
    form: ProofForm,
    factor: Factor | None,
    *,
    status: int = 200,
) -> web.Response:
    return ground.page(
        request,
        "security/proof.html",
        status=status,
        form=form,
        has_factor=factor is not None,
        csrf=holder.session.csrf_token,
    )

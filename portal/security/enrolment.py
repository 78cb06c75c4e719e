"""Enrolment: an authenticator app is set up, its recovery codes are shown, and it is switched off again."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from aiohttp import web

from portal.forms import posted
from portal.mail.notices import Happened
from portal.security import factor as factors
from portal.security import recovery, totp
from portal.security.forms import ConfirmForm
from portal.security.ground import Ground
from portal.security.proof import require
from portal.security.realm import Holder, Realm
from portal.security.words import waiting
from portal.words import N_, _
from store import audit, outbox, second_factors, sessions, signin
from store.outbox import Message
from store.second_factors import Factor
from store.signin import Wait

PAGE = "/security"
FACTOR = "/security/factor"
WRONG = N_(
    "That is not the code that your app shows now. Check that the phone's time is right, and try again."
)


async def show(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """GET /security/factor: what it is; once begun, the secret to be read by the app."""
    factor = await ground.store.read(second_factors.find, holder.person.owner)
    if factor and factor.confirmed_at:
        raise web.HTTPSeeOther(PAGE)
    if factor is None:
        return ground.page(
            request,
            "security/begin.html",
            csrf=holder.session.csrf_token,
            asked_for=ground.asks_for_factor,
        )
    require(holder.session, ground.clock(), FACTOR)  # the secret is for nobody else's eyes
    return _page(request, ground, holder, factor, ConfirmForm())


async def begin(request: web.Request, ground: Ground, holder: Holder) -> NoReturn:
    """POST /security/factor: make a secret, in place of one that was not confirmed."""
    now, owner = ground.clock(), holder.person.owner
    require(holder.session, now, FACTOR)
    sealed = factors.seal(ground.vault, owner, totp.new_secret())
    await ground.store.write(second_factors.begin, owner, sealed, now)
    raise web.HTTPSeeOther(FACTOR)


async def confirm(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """POST /security/factor/confirm: with the app's first code it is on; the recovery codes are shown, once."""
    now, owner = ground.clock(), holder.person.owner
    require(holder.session, now, FACTOR)
    factor = await ground.store.read(second_factors.find, owner)
    if factor is None or factor.confirmed_at:
        raise web.HTTPSeeOther(FACTOR)
    form = ConfirmForm(await posted(request))
    if not form.validate():
        return _page(request, ground, holder, factor, form, status=400)
    wait = await ground.store.write(signin.begin, (factors.throttle(ground.realm, owner),), now)
    if isinstance(wait, Wait):
        form.code.errors = [waiting(wait.until, now).sentence]
        return _page(request, ground, holder, factor, form, status=429)
    secret = factors.opened(ground.vault, owner, factor)
    step = totp.matching_step(secret, factors.digits(form.code.data or ""), now)
    if step is None:
        form.code.errors = [_(WRONG)]
        return _page(request, ground, holder, factor, form, status=422)
    codes = recovery.new_codes()
    hashes = [recovery.hash_of(owner, code) for code in codes]
    confirmed = _Confirmed(
        factor, step, hashes, await ground.notice(request, holder.person, Happened.FACTOR_ON)
    )
    if not await ground.store.write(_confirm, ground.realm, holder, confirmed, now):
        raise web.HTTPSeeOther(PAGE)
    return _codes_page(request, ground, codes, just_on=True)


async def renew(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """POST /security/codes: ten new recovery codes, shown once; the old ones are void."""
    now, owner = ground.clock(), holder.person.owner
    require(holder.session, now, PAGE)
    codes = recovery.new_codes()
    hashes = [recovery.hash_of(owner, code) for code in codes]
    if not await ground.store.write(_renew, holder, hashes, now):
        raise web.HTTPSeeOther(PAGE)
    return _codes_page(request, ground, codes, just_on=False)


async def switch_off(request: web.Request, ground: Ground, holder: Holder) -> NoReturn:
    """POST /security/factor/off"""
    now = ground.clock()
    require(holder.session, now, PAGE)
    notice = await ground.notice(request, holder.person, Happened.FACTOR_OFF)
    await ground.store.write(_switch_off, ground.realm, holder, notice, now)
    raise web.HTTPSeeOther(f"{PAGE}?done=factor-off")


@dataclass(frozen=True, slots=True)
class _Confirmed:
    """What the first code of an app switches on."""

    factor: Factor
    step: int
    hashes: list[bytes]
    notice: Message | None


def _confirm(
    db: sqlite3.Connection, realm: Realm, holder: Holder, confirmed: _Confirmed, now: datetime
) -> bool:
    """Who is signed in elsewhere did not give a code there: those sessions end."""
    if not second_factors.confirm(db, confirmed.factor, confirmed.step, confirmed.hashes, now):
        return False
    signin.forget(db, factors.throttle(realm, holder.person.owner))
    sessions.remove_others(db, holder.person.owner, holder.session.token_hash)
    audit.record(db, holder.person.entry("factor_on", holder.session, now))
    _put(db, realm, confirmed.notice, now)
    return True


def _renew(db: sqlite3.Connection, holder: Holder, hashes: list[bytes], now: datetime) -> bool:
    factor = second_factors.confirmed(db, holder.person.owner)
    if factor is None:
        return False
    second_factors.renew_codes(db, factor.id, hashes)
    audit.record(db, holder.person.entry("recovery_codes_renewed", holder.session, now))
    return True


def _switch_off(
    db: sqlite3.Connection, realm: Realm, holder: Holder, notice: Message | None, now: datetime
) -> None:
    was_on = second_factors.confirmed(db, holder.person.owner) is not None
    second_factors.remove(db, holder.person.owner)
    if was_on:
        audit.record(db, holder.person.entry("factor_off", holder.session, now))
        _put(db, realm, notice, now)


def _put(db: sqlite3.Connection, realm: Realm, notice: Message | None, now: datetime) -> None:
    if notice:
        outbox.put(db, realm.outbox_of, notice, now)


def _page(
    request: web.Request,
    ground: Ground,
    holder: Holder,
    factor: Factor,
    form: ConfirmForm,
    *,
    status: int = 200,
) -> web.Response:
    secret = factors.opened(ground.vault, holder.person.owner, factor)
    uri = totp.uri(secret, holder.person.email, ground.name)
    return ground.page(
        request,
        "security/set_up.html",
        status=status,
        form=form,
        qr=totp.qr_code(uri),
        secret=totp.grouped(secret),
        csrf=holder.session.csrf_token,
    )


def _codes_page(request: web.Request, ground: Ground, codes: list[str], *, just_on: bool) -> web.Response:
    return ground.page(request, "security/codes.html", codes=codes, just_on=just_on)

"""A reset: one answer whoever asks; the mailed link shows a form, and only its post changes anything."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from portal import open_page, sessions, throttle
from portal.desk import desk
from portal.forms import posted
from portal.later import later
from portal.mail import Provider, notices
from portal.mail.notices import Happened
from portal.new_password import HINT
from portal.reset import asking
from portal.reset.forms import AskForm, ChoiceForm
from portal.security import devices
from portal.security.words import waiting
from portal.services import PORTAL, services
from portal.tenancy import HOSTNAME
from portal.words import _
from store import audit, tokens, users
from store.audit import Entry
from store.hostname import Hostname
from store.tokens import Gone, Purpose, Token
from store.users import Status, User


async def show(request: web.Request) -> web.StreamResponse:
    """GET /reset"""
    return open_page.show(request, "reset/ask.html", form=AskForm(), sent_to="")


async def ask(request: web.Request) -> web.StreamResponse:
    """POST /reset: known or not, the same answer at once; the mail follows."""
    await open_page.check(request)
    form, service = AskForm(await posted(request)), services(request)
    if not form.validate():
        return open_page.show(request, "reset/ask.html", status=400, form=form, sent_to="")
    email = form.email.data or ""
    if wait := await throttle.mails(request, email):
        return _asked_to_wait(request, form, wait.until)
    send = service.store.write(
        asking.send, request[PORTAL].organisation_id, email, service.provider, service.clock()
    )
    later(request, send, "mail a reset")
    return open_page.show(request, "reset/ask.html", form=form, sent_to=email)


async def show_choice(request: web.Request) -> web.StreamResponse:
    """GET /reset/{token}: a form; nothing is spent."""
    found = await services(request).store.read(_look, *_link(request), services(request).clock())
    if isinstance(found, Gone):
        return _gone(request, found)
    return _choice(request, found, ChoiceForm())


async def choose(request: web.Request) -> web.StreamResponse:
    """POST /reset/{token}: the new password stands, and every session of the old one ends."""
    await open_page.check(request)
    service = services(request)
    found = await service.store.read(_look, *_link(request), service.clock())
    if isinstance(found, Gone):
        return _gone(request, found)
    form = ChoiceForm(await posted(request))
    if not form.check(found.email, found.name, request[PORTAL].name):
        return _choice(request, found, form, status=400)
    chosen = _Chosen(
        await service.passwords.hash(form.password.data or ""),
        request.remote or "",
        sessions.agent_of(request),
    )
    changed = await service.store.write(_change, *_link(request), chosen, service.provider, service.clock())
    if isinstance(changed, Gone):
        return _gone(request, changed)
    response = open_page.show(request, "reset/done.html")
    sessions.drop_cookie(response)
    return response


@dataclass(frozen=True, slots=True)
class _Secret:
    host: Hostname
    token: str


@dataclass(frozen=True, slots=True)
class _Chosen:
    password_hash: str
    address: str
    agent: str


def _link(request: web.Request) -> tuple[int, _Secret]:
    return request[PORTAL].organisation_id, _Secret(request[HOSTNAME], request.match_info["token"])


def _look(db: sqlite3.Connection, organisation_id: int, secret: _Secret, now: datetime) -> User | Gone:
    found = tokens.look(db, organisation_id, secret.host, Purpose.RESET, secret.token, now)
    return _user_of(db, organisation_id, found)


def _user_of(db: sqlite3.Connection, organisation_id: int, found: Token | Gone) -> User | Gone:
    if isinstance(found, Gone):
        return found
    user = users.by_id(db, organisation_id, found.claim.user_id or 0)
    return user if user and user.status is Status.ACTIVE else Gone(found)


def _change(
    db: sqlite3.Connection,
    organisation_id: int,
    secret: _Secret,
    chosen: _Chosen,
    provider: Provider,
    now: datetime,
) -> User | Gone:
    found = tokens.spend(db, organisation_id, secret.host, Purpose.RESET, secret.token, now)
    user = _user_of(db, organisation_id, found)
    if isinstance(user, Gone):
        return user
    users.set_password(db, organisation_id, user.id, chosen.password_hash)
    actor = f"user:{user.id}"
    audit.record(db, Entry(organisation_id, actor, "user.reset_password", actor, {}, chosen.address, now))
    if at := desk(db, organisation_id, provider):
        letter = notices.security(
            at.head,
            Happened.PASSWORD_CHANGED,
            at=now,
            zone=ZoneInfo(at.portal.time_zone),
            address=chosen.address,
            agent=devices.shown_of(chosen.agent),
        )
        at.send(db, letter, user.email, now, user_id=user.id)
    return user


def _choice(request: web.Request, user: User, form: ChoiceForm, *, status: int = 200) -> web.Response:
    return open_page.show(
        request, "reset/choose.html", status=status, user=user, form=form, hint=HINT, path=request.path
    )


def _asked_to_wait(request: web.Request, form: AskForm, until: datetime) -> web.Response:
    wait = waiting(until, services(request).clock())
    still = _("The newest mail that you have from us still works.")
    form.form_errors.append(f"{wait.sentence} {still}")
    response = open_page.show(request, "reset/ask.html", status=429, form=form, sent_to="")
    response.headers["Retry-After"] = str(wait.seconds)
    return response


def _gone(request: web.Request, gone: Gone) -> web.Response:
    if gone.was is None:
        raise web.HTTPNotFound
    return open_page.show(request, "reset/gone.html", status=410, used=gone.was.used_at is not None)

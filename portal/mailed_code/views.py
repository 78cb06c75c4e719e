"""Asking for a code, and entering by it or by the link; one answer whoever asks."""

import sqlite3
from dataclasses import replace

from aiohttp import web

from portal import csrf, open_page, sessions, throttle
from portal.forms import fields, posted
from portal.later import later
from portal.mailed_code import entering, mailing
from portal.mailed_code.entering import Comer, Given, Wrong
from portal.mailed_code.forms import CodeForm
from portal.mailed_code.mailing import CODE, LINK, Browser
from portal.reset.forms import AskForm
from portal.security.ground import ground_of
from portal.security.words import waiting
from portal.services import PORTAL, services
from portal.signin import failing
from portal.signin.attempt import notice_of_new_device
from portal.signin.next_url import safe_next
from portal.signin.views import onward
from portal.tenancy import HOSTNAME
from portal.words import N_, _
from store import signin
from store.owner import of_user
from store.sessions import Session
from store.signin import Wait
from store.tokens import LIFETIMES, Purpose
from store.users import canonical_email

COOKIE = "__Host-code"
WRONG = N_("That is not the code, or it is over. Check it, or ask for a new one.")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/mail"""
    next_url = safe_next(request.query.get("next", "/"))
    return open_page.show(request, "mailed_code/ask.html", form=AskForm(), next_url=next_url)


async def ask(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/mail: known or not, the same answer at once; the mail follows."""
    await open_page.check(request)
    form, service = AskForm(await posted(request)), services(request)
    next_url = safe_next(str((await fields(request)).get("next", "/")))
    if not form.validate():
        return open_page.show(request, "mailed_code/ask.html", status=400, form=form, next_url=next_url)
    email = form.email.data or ""
    if wait := await throttle.mails(request, email):
        return _asked_to_wait(request, form, next_url, wait)
    browser = Browser(csrf.new_token(), request[HOSTNAME])
    send = service.store.write(
        mailing.send, request[PORTAL].organisation_id, email, browser, service.provider, service.clock()
    )
    later(request, send, "mail a sign-in code")
    codes = CodeForm(data={"next": next_url})
    response = open_page.show(request, "mailed_code/code.html", form=codes, sent_to=email)
    lasts = int(LIFETIMES[Purpose.SIGN_IN].total_seconds())
    response.set_cookie(
        COOKIE, browser.secret, max_age=lasts, path="/", secure=True, httponly=True, samesite="Lax"
    )
    return response


async def show_code(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/mail/code: the form again."""
    return open_page.show(request, "mailed_code/code.html", form=CodeForm(), sent_to="")


async def enter_code(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/mail/code"""
    await open_page.check(request)
    form = CodeForm(await posted(request))
    if not form.validate():
        return open_page.show(request, "mailed_code/code.html", status=400, form=form, sent_to="")
    entered = await _entered(request, CODE, form.code.data or "", form.next.data or "/")
    match entered:
        case web.HTTPSeeOther():
            raise entered
        case Wrong():
            form.form_errors.append(_(WRONG))
            return open_page.show(request, "mailed_code/code.html", status=401, form=form, sent_to="")
        case Wait():
            words = waiting(entered.until, services(request).clock())
            form.form_errors.append(words.sentence)
            response = open_page.show(request, "mailed_code/code.html", status=429, form=form, sent_to="")
            response.headers["Retry-After"] = str(words.seconds)
            return response


async def show_link(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/mail/{link}: a button in the browser that asked; nothing is spent."""
    service, link, secret = services(request), request.match_info["link"], _secret(request)
    key = request[PORTAL].organisation_id, request[HOSTNAME], secret
    found = await service.store.read(entering.look, *key, service.clock())
    if found is None or not mailing.is_right(found, LINK, secret, link):
        return open_page.show(request, "mailed_code/gone.html", status=410)
    return open_page.show(
        request, "mailed_code/open.html", path=request.path, email=found.claim.email, wait=""
    )


async def enter_link(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/mail/{link}"""
    await open_page.check(request)
    entered = await _entered(request, LINK, request.match_info["link"], "/")
    match entered:
        case web.HTTPSeeOther():
            raise entered
        case Wrong():
            return open_page.show(request, "mailed_code/gone.html", status=410)
        case Wait():
            words = waiting(entered.until, services(request).clock())
            response = open_page.show(
                request, "mailed_code/open.html", status=429, path=request.path, email="", wait=words.sentence
            )
            response.headers["Retry-After"] = str(words.seconds)
            return response


async def _entered(
    request: web.Request, what: str, text: str, next_url: str
) -> web.HTTPSeeOther | Wrong | Wait:
    if wait := await throttle.codes(request):
        return wait
    ground, organisation_id = ground_of(request), request[PORTAL].organisation_id
    given, now = Given(ground.host, _secret(request), what, text), ground.clock()
    found = await ground.store.write(entering.try_, organisation_id, given, now)
    if isinstance(found, Wrong):
        whose = of_user(organisation_id, found.of) if found.of else None
        failing.note(request, ground, whose, failing.MAILED_CODE)
        return found
    owner = of_user(organisation_id, found.claim.user_id or 0)
    person = await ground.store.read(lambda db: ground.realm.by_owner(db, owner))
    if person is None:
        return Wrong()
    new = sessions.of_owner(request, ground.host, owner, now)
    comer = Comer(
        person=person,
        session=new.session,
        replaced=sessions.hash_of(request, ground.host),
        notice=await notice_of_new_device(request, ground, person),
    )

    def keep(db: sqlite3.Connection) -> Session | None:
        kept = entering.enter(db, organisation_id, ground.realm, given, comer)
        if kept:
            account = signin.account_subject(ground.realm.key, canonical_email(person.email))
            signin.succeed(db, account, *throttle.of_codes(request))
        return kept

    kept = await ground.store.write(keep)
    if kept is None:
        return Wrong()
    response = onward(replace(new, session=kept), safe_next(next_url))
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    return response


def _secret(request: web.Request) -> str:
    """The secret of the browser that asked; another one's is as good as none."""
    secret = request.cookies.get(COOKIE, "")
    return secret if csrf.is_token(secret) else ""


def _asked_to_wait(request: web.Request, form: AskForm, next_url: str, wait: Wait) -> web.Response:
    words = waiting(wait.until, services(request).clock())
    still = _("The newest mail that you have from us still works.")
    form.form_errors.append(f"{words.sentence} {still}")
    response = open_page.show(request, "mailed_code/ask.html", status=429, form=form, next_url=next_url)
    response.headers["Retry-After"] = str(words.seconds)
    return response

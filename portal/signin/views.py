"""Signing in with a password, and out again: in an organisation's portal as in the console."""

from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from portal import csrf, sessions
from portal.forms import posted
from portal.security.ground import Ground, ground_of
from portal.security.words import waiting
from portal.sessions import NewSession
from portal.signin.attempt import Refused, attempt
from portal.signin.forms import SignInForm
from portal.signin.next_url import safe_next
from portal.words import N_, _
from store import sessions as stored_sessions
from store.sessions import Session
from store.signin import Wait

SIGN_IN = "/sign-in"
SECOND_STEP = "/sign-in/code"
WRONG = N_("That e-mail address and password do not belong together. Check both and try again.")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /sign-in"""
    ground, next_url = ground_of(request), safe_next(request.query.get("next", "/"))
    session = await current(request, ground)
    if session and not session.awaits_factor and not session.read_only:
        raise web.HTTPSeeOther(next_url)
    return _page(request, ground, SignInForm(data={"next": next_url}))


async def submit(request: web.Request) -> web.StreamResponse:
    """POST /sign-in"""
    await csrf.check_token(request, csrf.form_token(request))
    ground, form = ground_of(request), SignInForm(await posted(request))
    if not form.validate():
        return _page(request, ground, form, status=400)
    result = await attempt(request, ground, form.email.data or "", form.password.data or "")
    match result:
        case Wait(until):
            return _asked_to_wait(request, ground, form, until)
        case Refused():
            form.form_errors.append(_(WRONG))
            return _page(request, ground, form, status=401)
        case NewSession():
            raise onward(result, safe_next(form.next.data or "/"))


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sign-out"""
    ground = ground_of(request)
    session = await current(request, ground)
    if session:
        await csrf.check_token(request, session.csrf_token)
        await ground.store.write(stored_sessions.remove, session.token_hash)
    response = web.HTTPSeeOther(f"{SIGN_IN}?signed-out=1")
    sessions.drop_cookie(response)
    raise response


async def current(request: web.Request, ground: Ground) -> Session | None:
    """The living session of a request, whatever it is good for."""
    hashed = sessions.hash_of(request, ground.host)
    if hashed is None:
        return None
    return await ground.store.read(stored_sessions.find, hashed, ground.clock(), ground.idle)


def onward(new: NewSession, next_url: str) -> web.HTTPSeeOther:
    """To the page that was asked for, by way of the second step where one is asked for."""
    response = web.HTTPSeeOther(second_step_url(next_url) if new.session.awaits_factor else next_url)
    sessions.put_cookie(response, new.token)
    if not new.session.awaits_factor:
        sessions.put_known(response, new.session)
    return response


def second_step_url(next_url: str) -> str:
    """Where the second factor is asked for."""
    return SECOND_STEP if next_url == "/" else f"{SECOND_STEP}?{urlencode({'next': next_url})}"


def _page(request: web.Request, ground: Ground, form: SignInForm, *, status: int = 200) -> web.Response:
    token = csrf.form_token(request) or csrf.new_token()
    signed_out = status == 200 and "signed-out" in request.query
    response = ground.page(
        request,
        "signin/sign_in.html",
        status=status,
        form=form,
        csrf=token,
        signed_out=signed_out,
        password_chosen=status == 200 and "password-chosen" in request.query,
    )
    csrf.put_form_token(response, token)
    return response


def _asked_to_wait(request: web.Request, ground: Ground, form: SignInForm, until: datetime) -> web.Response:
    wait = waiting(until, ground.clock())
    not_looked = _("Your password was not looked at this time.")
    form.form_errors.append(f"{wait.sentence} {not_looked}")
    response = _page(request, ground, form, status=429)
    response.headers["Retry-After"] = str(wait.seconds)
    return response

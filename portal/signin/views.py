"""Signing in with a password, and out again."""

from datetime import datetime

from aiohttp import web

from portal import csrf, pages, sessions, visit
from portal.forms import posted
from portal.services import services
from portal.sessions import NewSession
from portal.signin.attempt import Refused, attempt
from portal.signin.forms import SignInForm
from portal.signin.next_url import safe_next
from portal.tenancy import HOSTNAME
from store import sessions as stored_sessions
from store.signin import Wait

WRONG = "That e-mail address and password do not belong together. Check both and try again."


async def show(request: web.Request) -> web.StreamResponse:
    """GET /sign-in"""
    next_url = safe_next(request.query.get("next", "/"))
    if await visit.current(request):
        raise web.HTTPSeeOther(next_url)
    return _page(request, SignInForm(data={"next": next_url}))


async def submit(request: web.Request) -> web.StreamResponse:
    """POST /sign-in"""
    await csrf.check_token(request, csrf.form_token(request))
    form = SignInForm(await posted(request))
    if not form.validate():
        return _page(request, form, status=400)
    result = await attempt(request, form.email.data or "", form.password.data or "")
    match result:
        case Wait(until):
            return _asked_to_wait(request, form, until)
        case Refused():
            form.form_errors.append(WRONG)
            return _page(request, form, status=401)
        case NewSession(token):
            response = web.HTTPSeeOther(safe_next(form.next.data or "/"))
            sessions.put_cookie(response, token)
            raise response


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sign-out"""
    service, host = services(request), request[HOSTNAME]
    session = await sessions.current(request, service.store, host, service.clock())
    if session:
        await csrf.check_token(request, session.csrf_token)
        await service.store.write(stored_sessions.remove, session.token_hash)
    response = web.HTTPSeeOther(f"{visit.SIGN_IN}?signed-out=1")
    sessions.drop_cookie(response)
    raise response


def _page(request: web.Request, form: SignInForm, *, status: int = 200) -> web.Response:
    token = csrf.form_token(request) or csrf.new_token()
    signed_out = status == 200 and "signed-out" in request.query
    response = pages.render(
        request, "signin/sign_in.html", status=status, form=form, csrf=token, signed_out=signed_out
    )
    csrf.put_form_token(response, token)
    return response


def _asked_to_wait(request: web.Request, form: SignInForm, until: datetime) -> web.Response:
    seconds = max(1, int((until - services(request).clock()).total_seconds() + 0.999))
    form.form_errors.append(
        f"There were too many attempts. Please try again in {_words(seconds)}."
        " Your password was not looked at this time."
    )
    response = _page(request, form, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"

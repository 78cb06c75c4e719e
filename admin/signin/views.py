"""Staff signing in, and out again."""

import math
from datetime import datetime
from typing import NoReturn

from aiohttp import web

from admin.keys import CLOCK, STORE, VISITOR
from admin.pages import page
from admin.signin.attempt import Refused, attempt
from portal import csrf
from portal import sessions as cookies
from portal.forms import posted
from portal.sessions import NewSession
from portal.signin.forms import SignInForm
from portal.signin.next_url import safe_next
from store import sessions
from store.signin import Wait

WRONG = "That e-mail address and password do not belong together. Check both and try again."


async def show(request: web.Request) -> web.Response:
    """GET /sign-in"""
    return _page(request, SignInForm(data={"next": safe_next(request.query.get("next", "/"))}))


async def submit(request: web.Request) -> web.Response:
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
            onward = web.HTTPSeeOther(safe_next(form.next.data or "/"))
            cookies.put_cookie(onward, token)
            raise onward


async def sign_out(request: web.Request) -> NoReturn:
    """POST /sign-out"""
    await request.app[STORE].write(sessions.remove, request[VISITOR].session.token_hash)
    onward = web.HTTPSeeOther("/sign-in?signed-out=1")
    cookies.drop_cookie(onward)
    raise onward


def _asked_to_wait(request: web.Request, form: SignInForm, until: datetime) -> web.Response:
    seconds = max(1, math.ceil((until - request.app[CLOCK]()).total_seconds()))
    form.form_errors.append(
        f"There were too many attempts. Please try again in {seconds} second{'' if seconds == 1 else 's'}."
        " Your password was not looked at this time."
    )
    response = _page(request, form, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(request: web.Request, form: SignInForm, *, status: int = 200) -> web.Response:
    token = csrf.form_token(request) or csrf.new_token()
    signed_out = status == 200 and "signed-out" in request.query
    response = page(
        request, "signin/sign_in.html", status=status, form=form, csrf=token, signed_out=signed_out
    )
    csrf.put_form_token(response, token)
    return response

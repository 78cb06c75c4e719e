"""CSRF: unsafe requests must come from our own pages, by what the browser says and by a token in the form.

1. Sec-Fetch-Site is same-origin; from a browser without it, Origin is the canonical origin (never the Host's).
2. The field `csrf` (or the header X-CSRF-Token) equals the session's token; before sign-in, the one in
   the cookie `__Host-form`, which no other host can set.
"""

import hmac
import re
import secrets
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from portal import tenancy
from portal.forms import fields

FIELD = "csrf"
HEADER = "X-CSRF-Token"
FORM_COOKIE = "__Host-form"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


class FormRefused(web.HTTPForbidden):
    """An unsafe request that is not provably from a page of ours."""


def is_same_origin(headers: Mapping[str, str], origin: str) -> bool:
    """Whether the browser says that a page of `origin` made this request."""
    if site := headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return headers.get("Origin") == origin


def middleware(public_port: int) -> Middleware:
    """Refuse unsafe requests from elsewhere; runs inside tenancy's middleware."""

    @web.middleware
    async def csrf(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = tenancy.origin(request[tenancy.HOSTNAME], public_port)
        if request.method not in SAFE and not is_same_origin(request.headers, origin):
            raise FormRefused
        return await handler(request)

    return csrf


async def check_token(request: web.Request, expected: str) -> None:
    """403 unless the form (or the header) carries the expected token."""
    check(request.headers.get(HEADER) or (await fields(request)).get(FIELD), expected)


def check(given: object, expected: str) -> None:
    """403 unless what was given is the expected token; for a form that streams in."""
    if not expected or not isinstance(given, str) or not _equal(given, expected):
        raise FormRefused


def new_token() -> str:
    """A fresh token, 256 bit."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether a text looks like a token of ours; a cookie may hold anything, even what no text is made of."""
    return _TOKEN.match(text) is not None


def form_token(request: web.Request) -> str:
    """The token of a visitor who is not signed in; empty when they have none of ours yet."""
    token = request.cookies.get(FORM_COOKIE, "")
    return token if is_token(token) else ""


def put_form_token(response: web.StreamResponse, token: str) -> None:
    """Give a visitor who is not signed in their token, until the browser closes."""
    response.set_cookie(FORM_COOKIE, token, path="/", secure=True, httponly=True, samesite="Lax")


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())

"""The panel's doorkeeper: loopback names only, and no form of another site's making."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # not no-referrer: with it browsers send `Origin: null` on our own forms
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine: localhost, *.localhost, 127.0.0.1 or [::1]."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in ("localhost", "127.0.0.1", "::1") or name.endswith(".localhost")


def is_own_form(site: str | None, origin: str | None, host: str) -> bool:
    """Whether a POST came from a page of this host: by Sec-Fetch-Site, or by Origin where that is absent."""
    if site is not None:
        return site == "same-origin"
    scheme, _, authority = (origin or "").lower().partition("://")
    return scheme in ("http", "https") and authority == host.lower()


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign hosts (DNS rebinding) and foreign forms, and add the protective headers."""
    try:
        response = _refusal(request) or await handler(request)
    except web.HTTPException as answer:
        _protect(answer)
        raise
    _protect(response)
    return response


def _protect(response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _refusal(request: web.Request) -> web.Response | None:
    if not is_loopback_host(request.host):
        return web.Response(status=421, text="This panel is for this computer only.\n")
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if request.method not in ("GET", "HEAD") and not is_own_form(site, origin, request.host):
        return web.Response(status=403, text="This form did not come from the control panel.\n")
    return None

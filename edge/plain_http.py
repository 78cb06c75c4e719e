"""Port 80: http-01 answers for the CA, a redirect for everybody else, a waiting page while there is no certificate."""

import logging
import re
import secrets
from collections.abc import Callable

from aiohttp import web

from edge.routing import proof
from edge.routing.authority import named
from store import certificates, challenges
from store.database import Store
from store.destination import Destination
from store.hostname import Hostname, shown
from store.instants import Clock

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 10
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
_PENDING_PAGE = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{seconds}">
<title>This address is being set up</title>
<main>
<h1>This address is being set up</h1>
<p>{hostname} will open here as soon as its security certificate is in place. This page looks again by itself.</p>
<p>If it stays like this, tell the company whose address this is; the reference is <strong>{reference}</strong>.</p>
</main>
</html>
"""


def build(
    store: Store,
    resolve: Callable[[Hostname], Destination | None],
    clock: Clock,
    public_https_port: int,
    proof_key: bytes,
    saw: Callable[[Hostname, str], None] = lambda hostname, what: None,
) -> web.Application:
    """The application of the plain-HTTP listeners; `saw` is told of each validation that came for a name."""
    door = _Door(store, resolve, clock, public_https_port, proof_key, saw)
    app = web.Application(client_max_size=0)
    app.on_response_prepare.append(_without_our_software)
    app.router.add_route("*", proof.CHALLENGE_PREFIX + "{token:[^/]*}", door.challenge)
    app.router.add_route("*", "/{path:(?s:.*)}", door.redirect)
    return app


class _Door:
    """The two things port 80 does."""

    def __init__(
        self,
        store: Store,
        resolve: Callable[[Hostname], Destination | None],
        clock: Clock,
        public_https_port: int,
        proof_key: bytes,
        saw: Callable[[Hostname, str], None],
    ):
        self._store = store
        self._resolve = resolve
        self._clock = clock
        self._proof_key = proof_key
        self._saw = saw
        self._port = "" if public_https_port == 443 else f":{public_https_port}"

    async def challenge(self, request: web.Request) -> web.StreamResponse:
        """The key authorization of exactly this token and Host (RFC 8555 8.3); GET and HEAD only."""
        hostname, token = named(request), request.match_info["token"]
        if hostname is None:
            return _misdirected()
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        if not _TOKEN.match(token):
            return web.Response(status=404)
        if (ours := proof.preflight_answer(self._proof_key, hostname, token)) and self._resolve(hostname):
            return web.Response(text=ours, content_type="application/octet-stream")
        answer = await self._store.read(challenges.http_answer, hostname, token, self._clock())
        if answer is None:
            return web.Response(status=404)
        self._saw(hostname, f"http-01 asked by {request.remote}")
        log.info("http-01 answered", extra={"hostname": hostname, "peer": request.remote})
        return web.Response(text=answer, content_type="application/octet-stream")

    async def redirect(self, request: web.Request) -> web.StreamResponse:
        """308 to https; for a registered name without a certificate a page that says to wait."""
        hostname = named(request)
        destination = self._resolve(hostname) if hostname else None
        if hostname is None or destination is None:
            return _misdirected()
        if await self._store.read(certificates.standing, hostname, self._clock()) is None:
            return _pending(hostname)
        return web.Response(
            status=308, headers={"Location": f"https://{hostname}{self._port}{_origin_form(request)}"}
        )


async def _without_our_software(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)


def _pending(hostname: Hostname) -> web.Response:
    reference = secrets.token_hex(4).upper()
    log.info("no certificate yet", extra={"hostname": hostname, "reference": reference})
    return web.Response(
        status=503,
        text=_PENDING_PAGE.format(seconds=RETRY_AFTER_SECONDS, hostname=shown(hostname), reference=reference),
        content_type="text/html",
        headers={
            "Retry-After": str(RETRY_AFTER_SECONDS),
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        },
    )


def _misdirected() -> web.Response:
    """Of a bare address, and of names that are not ours: nothing says whose machine this is."""
    return web.Response(
        status=421, text="There is nothing at this address. Sites here are opened by their names.\n"
    )


def _origin_form(request: web.Request) -> str:
    """The path and query as sent, always beginning with exactly one slash: no other host can slip in."""
    return "/" + request.rel_url.raw_path_qs.lstrip("/\\")

"""Proof: the answer that only this installation can give, under a path of every hostname."""

import hashlib
import hmac

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from edge.routing.authority import hostname_of
from store.hostname import Hostname

PREFIX = "/.well-known/brassplate/"
NONCE_LENGTH = 43
CHALLENGE_PREFIX = "/.well-known/acme-challenge/"
"""Where a CA asks for its http-01 answers (RFC 8555 section 8.3)."""
OWN_TOKEN = "brassplate-"
"""What tokens of our own begin with, there: no CA's token is asked for by our own look before an order."""


def answer(key: bytes, hostname: Hostname, nonce: str) -> str:
    """HMAC-SHA256 over name and nonce with this installation's key, as hex."""
    return hmac.new(key, f"{hostname}\n{nonce}".encode(), hashlib.sha256).hexdigest()


def preflight(key: bytes, hostname: Hostname, nonce: str) -> tuple[str, str]:
    """The path on port 80 of our own look before an order, and the answer that is to come."""
    return f"{CHALLENGE_PREFIX}{OWN_TOKEN}{nonce}", answer(key, hostname, nonce)


def preflight_answer(key: bytes, hostname: Hostname, token: str) -> str | None:
    """The answer to a token of our own; None: it is somebody else's."""
    nonce = token.removeprefix(OWN_TOKEN)
    return answer(key, hostname, nonce) if nonce != token and len(nonce) == NONCE_LENGTH else None


def answering(key: bytes) -> Middleware:
    """A middleware that answers the proof path, in front of whatever the hostname leads to."""

    @web.middleware
    async def proof(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(PREFIX):
            return await handler(request)
        nonce, hostname = request.path.removeprefix(PREFIX), hostname_of(request)
        if len(nonce) != NONCE_LENGTH or hostname is None or request.method != "GET":
            return web.Response(status=404)
        return web.Response(text=answer(key, hostname, nonce), headers={"Cache-Control": "no-store"})

    return proof

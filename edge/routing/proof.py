"""Proof: the answer that only this installation can give, under a path of every hostname."""

import hashlib
import hmac

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from edge.routing.authority import hostname_of
from store.hostname import Hostname

PREFIX = "/.well-known/brassplate/"
NONCE_LENGTH = 43


def answer(key: bytes, hostname: Hostname, nonce: str) -> str:
    """HMAC-SHA256 over name and nonce with this installation's key, as hex."""
    return hmac.new(key, f"{hostname}\n{nonce}".encode(), hashlib.sha256).hexdigest()


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

"""Arriving: a browser comes from a portal's former name, and its sign-in with it, if it is the one that was sent."""

import hashlib
from urllib.parse import urlencode

from aiohttp import web

from portal import csrf, sessions, tenancy
from portal.moving.leaving import ARRIVE, LEAVE
from portal.services import PORTAL, services
from portal.signin.next_url import safe_next
from portal.tenancy import HOSTNAME
from store import changeover, handoffs
from store.handoffs import Key
from store.hostname import Hostname, canonical
from store.owner import of_user

COOKIE = "__Host-arriving"
SECONDS = 60

__all__ = ["ARRIVE", "begin", "finish"]


async def begin(request: web.Request) -> web.Response:
    """GET /arrive: give the browser a secret, and fetch its sign-in from the former name; or go straight on."""
    service, onward = services(request), safe_next(request.query.get("to", ""))
    if await sessions.current(request, service.store, request[HOSTNAME], service.clock()):
        return _to(onward)
    former = await service.store.read(changeover.former, request[PORTAL].organisation_id)
    hosts = {each.hostname for each in former if each.destination.redirect_to == request[HOSTNAME]}
    left = _left(request, hosts)
    if left is None:
        return _to(onward)
    secret = csrf.new_token()
    query = urlencode({"browser": _hash(secret).hex(), "to": onward})
    response = _to(f"{tenancy.origin(left, service.provider.public_port)}{LEAVE}?{query}")
    response.set_cookie(COOKIE, secret, max_age=SECONDS, path="/", secure=True, httponly=True, samesite="Lax")
    return response


async def finish(request: web.Request) -> web.Response:
    """GET /arrive/{token}: the session goes on here, in the browser that keeps the secret, once."""
    service, host = services(request), request[HOSTNAME]
    response = _to(safe_next(request.query.get("to", "")))
    secret = request.cookies.get(COOKIE, "")
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    if not csrf.is_token(secret):
        return response
    organisation_id, token = request[PORTAL].organisation_id, request.match_info["token"]
    new = sessions.of_owner(request, host, of_user(organisation_id, 0), service.clock())
    kept = await service.store.write(
        handoffs.spend, organisation_id, host, Key(token, _hash(secret)), new.session, sessions.idle(request)
    )
    if kept:
        sessions.put_cookie(response, new.token)
        sessions.put_known(response, kept)
    return response


def _left(request: web.Request, hosts: set[Hostname]) -> Hostname | None:
    """The former name that the browser was at: the one it says, if it is one of this portal's."""
    said = canonical(request.query.get("from", ""))
    return said if said in hosts else None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _to(location: str) -> web.Response:
    headers = {"Location": location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return web.Response(status=303, headers=headers)

"""Sessions on the wire: the cookie `__Host-session`, its token's hash, beginning and end.

The store keeps the SHA-256 of token and host: a token is worth nothing on another host, and nothing in a
copy of the database.
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from portal import csrf
from portal.services import PORTAL
from store import known_devices, sessions
from store.database import Store
from store.hostname import Hostname
from store.owner import Owner
from store.sessions import Session
from store.unwritable import Unwritable

COOKIE = "__Host-session"
KNOWN = "__Host-known"
"""By this a browser is known in which somebody was signed in before (`store.known_devices`)."""
_AGENT_LENGTH = 200
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be stored, with the token that only its cookie knows."""

    token: str
    session: Session


def token_hash(token: str, host: Hostname) -> bytes:
    """What the store knows a token by."""
    return hashlib.sha256(f"{token}\0{host}".encode()).digest()


def hash_of(request: web.BaseRequest, host: Hostname) -> bytes | None:
    """The hash of the request's session cookie."""
    token = request.cookies.get(COOKIE, "")
    return token_hash(token, host) if csrf.is_token(token) else None


def idle(request: web.BaseRequest) -> timedelta:
    """How long a session may go unused: as the portal's settings say; where there is none, as for staff."""
    portal = request.get(PORTAL)
    return timedelta(minutes=portal.session_minutes) if portal else sessions.IDLE


async def current(request: web.BaseRequest, store: Store, host: Hostname, now: datetime) -> Session | None:
    """The living session of a request, its last sight written when it is a minute old."""
    hashed = hash_of(request, host)
    session = await store.read(sessions.find, hashed, now, idle(request)) if hashed else None
    if session:
        await keep_alive(store, session, now)
    return session


async def keep_alive(store: Store, session: Session, now: datetime) -> None:
    """Write that a session was used, at most once a minute."""
    if sessions.needs_touch(session, now):
        with suppress(Unwritable):  # reading goes on
            await store.write(sessions.touch, session.token_hash, now)


def of_owner(request: web.BaseRequest, host: Hostname, owner: Owner, now: datetime) -> NewSession:
    """A new session of somebody who just gave what they are asked for; `portal.signin.entry` lets it in."""
    token = csrf.new_token()
    session = Session(
        token_hash=token_hash(token, host),
        host=host,
        organisation_id=owner.organisation_id,
        user_id=owner.user_id,
        staff_id=owner.staff_id,
        csrf_token=csrf.new_token(),
        chosen_account_id=None,
        address=request.remote or "",
        agent=agent_of(request),
        created_at=now,
        seen_at=now,
        expires_at=now + sessions.LONGEST,
        proved_at=now,
    )
    return NewSession(token, session)


def agent_of(request: web.BaseRequest) -> str:
    """What the browser calls itself, not longer than we keep."""
    return request.headers.get("User-Agent", "")[:_AGENT_LENGTH].encode(errors="replace").decode()


def put_cookie(response: web.StreamResponse, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="Lax")


def put_known(response: web.StreamResponse, session: Session) -> None:
    """Let the browser say later that this session was opened in it."""
    response.set_cookie(
        KNOWN,
        session.token_hash.hex(),
        max_age=int(known_devices.LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def known_by(request: web.BaseRequest) -> bytes | None:
    """The session that the browser says was opened in it before."""
    text = request.cookies.get(KNOWN, "")
    return bytes.fromhex(text) if _HASH.fullmatch(text) else None


def drop_cookie(response: web.StreamResponse) -> None:
    """Take the session out of the browser."""
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")

"""One attempt to sign in: throttled, as slow for strangers as for customers, a new session at the end."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from portal import sessions
from portal.passwords import MAX_LENGTH
from portal.services import PORTAL, services
from portal.sessions import NewSession
from portal.tenancy import HOSTNAME
from store import sessions as stored_sessions
from store import signin, users
from store.sessions import Session
from store.signin import Subject, Wait
from store.users import User


@dataclass(frozen=True, slots=True)
class Refused:
    """Address and password do not belong together; nothing says which of them is wrong."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a right password changes."""

    user: User
    session: Session
    replaced: bytes | None
    rehashed: str | None


async def attempt(request: web.Request, email: str, password: str) -> NewSession | Wait | Refused:
    """Sign somebody in with their password."""
    service, organisation_id = services(request), request[PORTAL].organisation_id
    now = service.clock()
    realm = f"organisation:{organisation_id}"
    account = signin.account_subject(realm, users.canonical_email(email))
    network = signin.network_subject(realm, request.remote or "")
    begun = await service.store.write(_begin, organisation_id, email, (account, network), now)
    if isinstance(begun, Wait):
        return begun
    verdict = await service.passwords.verify(
        begun.password_hash if begun else None, password[: MAX_LENGTH * 4]
    )
    if begun is None or not verdict.right:
        return Refused()
    session = sessions.of_user(request, request[HOSTNAME], organisation_id, begun.id, now)
    old = sessions.hash_of(request, request[HOSTNAME])
    opened = _Opened(begun, session.session, old, verdict.rehashed)
    signed_in = await service.store.write(_open, organisation_id, opened, (account, network))
    return session if signed_in else Refused()


def _begin(
    db: sqlite3.Connection, organisation_id: int, email: str, subjects: tuple[Subject, ...], now: datetime
) -> User | Wait | None:
    wait = signin.begin(db, subjects, now)
    if wait:
        return wait
    user = users.by_email(db, organisation_id, email)
    return user if user and user.status is users.Status.ACTIVE else None


def _open(
    db: sqlite3.Connection, organisation_id: int, opened: _Opened, subjects: tuple[Subject, Subject]
) -> bool:
    """False when the password was changed, or the user suspended, while it was looked at."""
    user = users.by_id(db, organisation_id, opened.user.id)
    if user is None or (user.status, user.password_hash) != (opened.user.status, opened.user.password_hash):
        return False
    signin.succeed(db, *subjects)
    if opened.replaced:
        stored_sessions.remove(db, opened.replaced)
    stored_sessions.add(db, opened.session)
    users.signed_in(db, organisation_id, user.id, opened.session.created_at, opened.rehashed)
    return True

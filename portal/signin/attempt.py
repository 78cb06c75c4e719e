"""One attempt to sign in: throttled, as slow for strangers as for customers, a new session at the end."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from portal import sessions
from portal.passwords import MAX_LENGTH, Verdict
from portal.services import PORTAL, services
from portal.sessions import NewSession
from portal.tenancy import HOSTNAME
from store import sessions as stored_sessions
from store import signin, users
from store.signin import Subject, Wait
from store.users import User


@dataclass(frozen=True, slots=True)
class Refused:
    """Address and password do not belong together; nothing says which of them is wrong."""


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
    await service.store.write(_succeed, organisation_id, session, (account, network), (old, verdict), now)
    return session


def _begin(
    db: sqlite3.Connection, organisation_id: int, email: str, subjects: tuple[Subject, ...], now: datetime
) -> User | Wait | None:
    wait = signin.begin(db, subjects, now)
    if wait:
        return wait
    user = users.by_email(db, organisation_id, email)
    return user if user and user.status is users.Status.ACTIVE else None


def _succeed(
    db: sqlite3.Connection,
    organisation_id: int,
    session: NewSession,
    subjects: tuple[Subject, Subject],
    outcome: tuple[bytes | None, Verdict],
    now: datetime,
) -> None:
    old, verdict = outcome
    signin.succeed(db, *subjects)
    if old:
        stored_sessions.remove(db, old)
    stored_sessions.add(db, session.session)
    assert session.session.user_id is not None
    users.signed_in(db, organisation_id, session.session.user_id, now, verdict.rehashed)

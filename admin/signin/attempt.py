"""One attempt of staff to sign in: throttled, as slow for strangers, a new session at the end."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.keys import CLOCK, PASSWORDS, STORE
from portal import sessions as cookies
from portal.passwords import MAX_LENGTH
from portal.sessions import NewSession
from portal.tenancy import HOSTNAME
from store import audit, sessions, signin, staff
from store.audit import Entry
from store.sessions import Session
from store.signin import Subject, Wait
from store.staff import Member, canonical_email

REALM = "staff"


@dataclass(frozen=True, slots=True)
class Refused:
    """Address and password do not belong together; nothing says which of them is wrong."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a right password changes."""

    member: Member
    session: Session
    replaced: bytes | None
    rehashed: str | None


async def attempt(request: web.Request, email: str, password: str) -> NewSession | Wait | Refused:
    """Sign somebody of the staff in with their password; the attempt is counted first."""
    store, host, now = request.app[STORE], request[HOSTNAME], request.app[CLOCK]()
    account = signin.account_subject(REALM, canonical_email(email))
    network = signin.network_subject(REALM, request.remote or "")
    begun = await store.write(_begin, email, (account, network), now)
    if isinstance(begun, Wait):
        return begun
    stored = begun.password_hash if begun else None
    verdict = await request.app[PASSWORDS].verify(stored, password[: MAX_LENGTH * 4])
    if begun is None or not verdict.right:
        return Refused()
    new = cookies.of_staff(request, host, begun.id, now)
    opened = _Opened(begun, new.session, cookies.hash_of(request, host), verdict.rehashed)
    return new if await store.write(_open, opened, (account, network)) else Refused()


def _begin(
    db: sqlite3.Connection, email: str, subjects: tuple[Subject, ...], now: datetime
) -> Member | Wait | None:
    return signin.begin(db, subjects, now) or staff.by_email(db, email)


def _open(db: sqlite3.Connection, opened: _Opened, subjects: tuple[Subject, Subject]) -> bool:
    """False when the password was changed while it was looked at."""
    member, session = staff.by_id(db, opened.member.id), opened.session
    if member is None or member.password_hash != opened.member.password_hash:
        return False
    signin.succeed(db, *subjects)
    if opened.rehashed:
        staff.keep_password(db, member.id, opened.rehashed)
    if opened.replaced:
        sessions.remove(db, opened.replaced)
    sessions.add(db, session)
    staff.seen(db, member.id, session.created_at)
    audit.record(db, _entry(member, session))
    return True


def _entry(member: Member, session: Session) -> Entry:
    return Entry(
        organisation_id=member.organisation_id,
        actor=f"staff:{member.id}",
        action="staff.signed_in",
        object=member.email,
        detail={},
        address=session.address,
        at=session.created_at,
    )

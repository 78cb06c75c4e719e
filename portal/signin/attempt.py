"""One attempt to sign in with a password: throttled, as slow for strangers, a new session at the end."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from portal import sessions
from portal.mail.notices import Happened
from portal.passwords import MAX_LENGTH
from portal.security.ground import Ground
from portal.security.realm import Person, Realm
from portal.sessions import NewSession
from portal.signin import entry, failing
from store import known_devices, outbox, signin
from store import sessions as stored_sessions
from store.outbox import Message
from store.sessions import Session
from store.signin import Subject, Wait
from store.users import canonical_email


@dataclass(frozen=True, slots=True)
class Refused:
    """Address and password do not belong together; nothing says which of them is wrong."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a right password changes."""

    person: Person
    session: Session
    replaced: bytes | None
    rehashed: str | None
    notice: Message | None


@dataclass(frozen=True, slots=True)
class _Counted:
    """What an attempt is counted by: account, network and organisation, or the browser where it is known."""

    account: Subject
    network: Subject
    whole: Subject
    device: bytes | None


async def attempt(
    request: web.Request, ground: Ground, email: str, password: str
) -> NewSession | Wait | Refused:
    """Sign somebody in with their password; the attempt is counted first."""
    realm, now = ground.realm, ground.clock()
    counted = _Counted(
        account=signin.account_subject(realm.key, canonical_email(email)),
        network=signin.network_subject(realm.key, request.remote or ""),
        whole=signin.whole_subject(realm.key),
        device=sessions.known_by(request),
    )
    begun = await ground.store.write(_begin, realm, email, counted, now)
    if isinstance(begun, Wait):
        return begun
    stored = begun.password_hash if begun else None
    verdict = await ground.passwords.verify(stored, password[: MAX_LENGTH * 4])
    if begun is None or not verdict.right:
        failing.note(request, ground, begun.owner if begun else None, failing.PASSWORD)
        return Refused()
    new = sessions.of_owner(request, ground.host, begun.owner, now)
    opened = _Opened(
        person=begun,
        session=new.session,
        replaced=sessions.hash_of(request, ground.host),
        rehashed=verdict.rehashed,
        notice=await notice_of_new_device(request, ground, begun),
    )
    kept = await ground.store.write(_open, realm, opened, counted)
    return replace(new, session=kept) if kept else Refused()


async def notice_of_new_device(request: web.Request, ground: Ground, person: Person) -> Message | None:
    """The mail that tells somebody of a sign-in with a browser that is new; None: it is not."""
    agent = sessions.agent_of(request)
    if await ground.store.read(entry.is_new_device, person, agent):
        return await ground.notice(request, person, Happened.NEW_DEVICE)
    return None


def _begin(
    db: sqlite3.Connection, realm: Realm, email: str, counted: _Counted, now: datetime
) -> Person | Wait | None:
    """From a browser that its owner is known by, nobody else's failures count."""
    person = realm.by_email(db, email)
    subjects: tuple[Subject, ...] = (counted.account, counted.network, counted.whole)
    if person and (device := _known(db, person, counted, now)):
        subjects = (signin.device_subject(realm.key, device),)
    return signin.begin(db, subjects, now) or person


def _known(db: sqlite3.Connection, person: Person, counted: _Counted, now: datetime) -> bytes | None:
    device = counted.device
    return device if device and known_devices.is_known(db, person.owner, device, now) else None


def _open(db: sqlite3.Connection, realm: Realm, opened: _Opened, counted: _Counted) -> Session | None:
    """None when the password was changed, or the person suspended, while it was looked at."""
    person = realm.by_owner(db, opened.person.owner)
    if person is None or person.password_hash != opened.person.password_hash:
        return None
    device = _known(db, person, counted, opened.session.created_at)
    if device:
        signin.forget(db, signin.device_subject(realm.key, device))
    else:
        signin.succeed(db, counted.account, counted.network, counted.whole)
    if opened.rehashed:
        realm.keep_password(db, person.owner, opened.rehashed)
    if opened.replaced:
        stored_sessions.remove(db, opened.replaced)
    kept = entry.let_in(db, realm, person, opened.session, "password")
    if device and not kept.awaits_factor:  # the new session is what the browser is known by now
        known_devices.forget(db, person.owner, device)
    if opened.notice and not kept.awaits_factor:
        outbox.put(db, realm.outbox_of, opened.notice, opened.session.created_at)
    return kept

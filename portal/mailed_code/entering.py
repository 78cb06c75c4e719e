"""Entering: a right code or link of the browser that asked begins a session; five wrong codes end it."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from portal.mailed_code.mailing import CODE, TRIES, is_right
from portal.security.realm import Person, Realm
from portal.signin import entry
from store import outbox, tokens
from store import sessions as stored_sessions
from store.hostname import Hostname
from store.outbox import Message
from store.sessions import Session
from store.tokens import Gone, Purpose, Token

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Given:
    """What a browser gave: its own secret, and the code or link (`what`) from the mail."""

    host: Hostname
    secret: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """It is not the mailed one, or nothing was mailed to this browser, or it is over; nothing says which.

    `of`: whose the mailed one is.
    """

    of: int | None = None


@dataclass(frozen=True, slots=True)
class Comer:
    """Who comes in, with what begins, what it takes the place of, and the mail that tells of a new device."""

    person: Person
    session: Session
    replaced: bytes | None
    notice: Message | None


def look(
    db: sqlite3.Connection, organisation_id: int, host: Hostname, secret: str, now: datetime
) -> Token | None:
    """What was mailed for this browser, while it is good."""
    found = tokens.look(db, organisation_id, host, Purpose.SIGN_IN, secret, now)
    return None if isinstance(found, Gone) else found


def try_(db: sqlite3.Connection, organisation_id: int, given: Given, now: datetime) -> Token | Wrong:
    """What it opens, when it is right; it is not spent yet. A wrong code is counted."""
    found = look(db, organisation_id, given.host, given.secret, now)
    if found is None:
        return Wrong()
    if is_right(found, given.what, given.secret, given.text):
        return found
    if given.what == CODE:
        _count(db, organisation_id, given, found, now)
    return Wrong(found.claim.user_id)


def enter(
    db: sqlite3.Connection, organisation_id: int, realm: Realm, given: Given, comer: Comer
) -> Session | None:
    """Spend it and keep the session; None when somebody was quicker, or the person may sign in no more."""
    now = comer.session.created_at
    spent = tokens.spend(db, organisation_id, given.host, Purpose.SIGN_IN, given.secret, now)
    present = realm.by_owner(db, comer.person.owner)
    if isinstance(spent, Gone) or present is None or spent.claim.user_id != present.owner.user_id:
        return None
    if comer.replaced:
        stored_sessions.remove(db, comer.replaced)
    kept = entry.let_in(db, realm, present, comer.session, "mailed code")
    if comer.notice and not kept.awaits_factor:
        outbox.put(db, realm.outbox_of, comer.notice, now)
    return kept


def _count(db: sqlite3.Connection, organisation_id: int, given: Given, found: Token, now: datetime) -> None:
    tries = int(found.claim.detail[TRIES]) + 1
    key = organisation_id, given.host, Purpose.SIGN_IN, given.secret
    if tries >= MOST_TRIES:
        tokens.spend(db, *key, now)
    else:
        tokens.set_detail(db, *key, {**found.claim.detail, TRIES: str(tries)})

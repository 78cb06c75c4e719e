"""Entry: a session begins: at once, or, for who has a second factor, once its code was given too."""

import sqlite3
from dataclasses import replace

from portal.security import devices
from portal.security.realm import Person, Realm
from store import audit, known_devices, second_factors, sessions
from store.sessions import Session

SIGNED_IN = "signed_in"


def let_in(db: sqlite3.Connection, realm: Realm, person: Person, session: Session, by: str) -> Session:
    """Keep a session of somebody whose password, link or mailed code was right; the session as it is kept.

    Who has a second factor gets one that waits for it, and is good for nothing else.
    """
    if second_factors.confirmed(db, person.owner) is None:
        return let_in_wholly(db, realm, person, session, by)
    waiting = replace(
        session,
        awaits_factor=True,
        proved_at=None,
        expires_at=min(session.expires_at, session.created_at + sessions.AWAITING),
    )
    sessions.add(db, waiting)
    return waiting


def let_in_wholly(db: sqlite3.Connection, realm: Realm, person: Person, session: Session, by: str) -> Session:
    """Keep a session of somebody who gave all that is asked for, and write down that they came."""
    sessions.add(db, session)
    known_devices.keep(db, person.owner, session.token_hash, session.created_at)
    realm.seen(db, person.owner, session.created_at)
    detail = {"by": by, "with": devices.words(session.agent)}
    audit.record(db, person.entry(SIGNED_IN, session, session.created_at, **detail))
    return session


def is_new_device(db: sqlite3.Connection, person: Person, agent: str) -> bool:
    """Whether somebody who has signed in before does so now with a browser that we have not seen of them."""
    came = audit.done_by(db, person.organisation_id, person.owner.actor, person.action(SIGNED_IN))
    return bool(came) and all(entry.detail.get("with") != devices.words(agent) for entry in came)

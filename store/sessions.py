"""Sessions: who is signed in where; found by the SHA-256 of a token and the host it was made for."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.hostname import Hostname
from store.instants import from_ms, to_ms

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A session's last sight is written at most this often."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in: of a customer's user (with an organisation) or of staff."""

    token_hash: bytes
    host: Hostname
    organisation_id: int | None
    user_id: int | None
    staff_id: int | None
    csrf_token: str
    chosen_account_id: int | None
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def is_alive(session: Session, now: datetime) -> bool:
    """Neither too old nor idle for too long."""
    return now < session.expires_at and now < session.seen_at + IDLE


def needs_touch(session: Session, now: datetime) -> bool:
    """Whether the last sight is old enough to be written again."""
    return now >= session.seen_at + SEEN_EVERY


def add(db: sqlite3.Connection, session: Session) -> None:
    """Keep a new session; those past their end are swept out on the way."""
    remove_expired(db, session.created_at)
    db.execute(
        "INSERT INTO sessions (token_hash, host, organisation_id, user_id, staff_id, csrf_token,"
        " chosen_account_id, address, agent, created_at, seen_at, expires_at)"
        " VALUES (:token_hash, :host, :organisation_id, :user_id, :staff_id, :csrf_token,"
        " :chosen_account_id, :address, :agent, :created_at, :seen_at, :expires_at)",
        {
            "token_hash": session.token_hash,
            "host": session.host,
            "organisation_id": session.organisation_id,
            "user_id": session.user_id,
            "staff_id": session.staff_id,
            "csrf_token": session.csrf_token,
            "chosen_account_id": session.chosen_account_id,
            "address": session.address,
            "agent": session.agent,
            "created_at": to_ms(session.created_at),
            "seen_at": to_ms(session.seen_at),
            "expires_at": to_ms(session.expires_at),
        },
    )


def find(db: sqlite3.Connection, token_hash: bytes, now: datetime) -> Session | None:
    """The living session of this hash."""
    row = db.execute(
        "SELECT token_hash, host, organisation_id, user_id, staff_id, csrf_token, chosen_account_id, address,"
        " agent, created_at, seen_at, expires_at FROM sessions WHERE token_hash = :token_hash",
        {"token_hash": token_hash},
    ).fetchone()
    session = _session(row) if row else None
    return session if session and is_alive(session, now) else None


def touch(db: sqlite3.Connection, token_hash: bytes, now: datetime) -> None:
    """Write that the session was used now."""
    db.execute(
        "UPDATE sessions SET seen_at = :now WHERE token_hash = :token_hash AND seen_at < :now",
        {"token_hash": token_hash, "now": to_ms(now)},
    )


def choose_account(db: sqlite3.Connection, token_hash: bytes, account_id: int) -> None:
    """Remember which account a user with several looks at."""
    db.execute(
        "UPDATE sessions SET chosen_account_id = :account_id WHERE token_hash = :token_hash",
        {"token_hash": token_hash, "account_id": account_id},
    )


def remove(db: sqlite3.Connection, token_hash: bytes) -> None:
    """End one session."""
    db.execute("DELETE FROM sessions WHERE token_hash = :token_hash", {"token_hash": token_hash})


def remove_of_user(db: sqlite3.Connection, organisation_id: int, user_id: int) -> None:
    """End every session of a customer's user."""
    db.execute(
        "DELETE FROM sessions WHERE organisation_id = :organisation_id AND user_id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id},
    )


def remove_of_staff(db: sqlite3.Connection, staff_id: int) -> None:
    """End every session of a member of staff."""
    db.execute("DELETE FROM sessions WHERE staff_id = :staff_id", {"staff_id": staff_id})


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out sessions past their end; how many."""
    return db.execute("DELETE FROM sessions WHERE expires_at <= :now", {"now": to_ms(now)}).rowcount


def _session(row: sqlite3.Row) -> Session:
    return Session(
        token_hash=row["token_hash"],
        host=Hostname(row["host"]),
        organisation_id=row["organisation_id"],
        user_id=row["user_id"],
        staff_id=row["staff_id"],
        csrf_token=row["csrf_token"],
        chosen_account_id=row["chosen_account_id"],
        address=row["address"],
        agent=row["agent"],
        created_at=from_ms(row["created_at"]),
        seen_at=from_ms(row["seen_at"]),
        expires_at=from_ms(row["expires_at"]),
    )

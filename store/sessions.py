"""Sessions: who is signed in where; found by the SHA-256 of a token and the host it was made for."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store import known_devices
from store.hostname import Hostname
from store.instants import from_ms, maybe_instant, maybe_ms, to_ms
from store.owner import Owner, of_staff, of_user

IDLE = timedelta(minutes=30)
"""So long staff may be idle; how long customers may is a setting of their portal."""
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A session's last sight is written at most this often."""
AWAITING = timedelta(minutes=10)
"""So long after the password the second factor is waited for."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in: of a customer's user (with an organisation) or of staff.

    `awaits_factor`: the password was right, and nothing is open before the second factor is given.
    `read_only`: of staff (with an organisation) who look at its portal as a customer does.
    """

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
    proved_at: datetime | None = None
    """When the password or the second factor was last given."""
    awaits_factor: bool = False
    read_only: bool = False

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        if self.user_id is not None and self.organisation_id is not None:
            return of_user(self.organisation_id, self.user_id)
        assert self.staff_id is not None
        return of_staff(self.staff_id)

    @property
    def name(self) -> str:
        """What pages and forms call it: a part of its hash, unique among one person's sessions."""
        return self.token_hash.hex()[:16]


def is_alive(session: Session, now: datetime, idle: timedelta = IDLE) -> bool:
    """Neither too old nor idle for too long."""
    return now < session.expires_at and now < session.seen_at + idle


def needs_touch(session: Session, now: datetime) -> bool:
    """Whether the last sight is old enough to be written again."""
    return now >= session.seen_at + SEEN_EVERY


def add(db: sqlite3.Connection, session: Session) -> None:
    """Keep a new session; those past their end are swept out on the way."""
    remove_expired(db, session.created_at)
    db.execute(
        f"INSERT INTO sessions ({_COLUMNS})"
        " VALUES (:token_hash, :host, :organisation_id, :user_id, :staff_id, :csrf_token, :chosen_account_id,"
        " :address, :agent, :created_at, :seen_at, :expires_at, :proved_at, :awaits_factor, :read_only)",
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
            "proved_at": maybe_ms(session.proved_at),
            "awaits_factor": int(session.awaits_factor),
            "read_only": int(session.read_only),
        },
    )


def find(db: sqlite3.Connection, token_hash: bytes, now: datetime, idle: timedelta = IDLE) -> Session | None:
    """The living session of this hash."""
    session = kept(db, token_hash)
    return session if session and is_alive(session, now, idle) else None


def kept(db: sqlite3.Connection, token_hash: bytes) -> Session | None:
    """The session of this hash, also one that is over."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM sessions WHERE token_hash = :token_hash", {"token_hash": token_hash}
    ).fetchone()
    return _session(row) if row else None


def of_owner(db: sqlite3.Connection, owner: Owner, now: datetime, idle: timedelta = IDLE) -> list[Session]:
    """Where somebody is signed in, the last used first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM sessions WHERE {owner.condition} AND awaits_factor = 0 ORDER BY seen_at DESC",
        owner.values,
    )
    return [session for session in map(_session, rows) if is_alive(session, now, idle)]


def touch(db: sqlite3.Connection, token_hash: bytes, now: datetime) -> None:
    """Write that the session was used now."""
    db.execute(
        "UPDATE sessions SET seen_at = :now WHERE token_hash = :token_hash AND seen_at < :now",
        {"token_hash": token_hash, "now": to_ms(now)},
    )


def prove(db: sqlite3.Connection, token_hash: bytes, now: datetime) -> None:
    """Write that the password or the second factor was given again."""
    db.execute(
        "UPDATE sessions SET proved_at = :now WHERE token_hash = :token_hash",
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


def remove_others(db: sqlite3.Connection, owner: Owner, kept: bytes) -> int:
    """End every session of somebody but one, and know no other browser of theirs any more; how many."""
    known_devices.forget_others(db, owner, kept)
    return db.execute(
        f"DELETE FROM sessions WHERE {owner.condition} AND token_hash <> :kept", owner.values | {"kept": kept}
    ).rowcount


def remove_of_user(db: sqlite3.Connection, organisation_id: int, user_id: int) -> None:
    """End every session of a customer's user, and know none of their browsers any more."""
    known_devices.forget(db, of_user(organisation_id, user_id))
    db.execute(
        "DELETE FROM sessions WHERE +organisation_id = :organisation_id AND user_id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id},
    )


def remove_of_staff(db: sqlite3.Connection, staff_id: int) -> None:
    """End every session of a member of staff, and know none of their browsers any more."""
    known_devices.forget(db, of_staff(staff_id))
    db.execute("DELETE FROM sessions WHERE staff_id = :staff_id", {"staff_id": staff_id})


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out sessions past their end; how many. Those of who looked as a customer: `store.viewings.lapse`."""
    return db.execute(
        "DELETE FROM sessions WHERE expires_at <= :now AND read_only = 0", {"now": to_ms(now)}
    ).rowcount


_COLUMNS = (
    "token_hash, host, organisation_id, user_id, staff_id, csrf_token, chosen_account_id, address, agent,"
    " created_at, seen_at, expires_at, proved_at, awaits_factor, read_only"
)


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
        proved_at=maybe_instant(row["proved_at"]),
        awaits_factor=bool(row["awaits_factor"]),
        read_only=bool(row["read_only"]),
    )

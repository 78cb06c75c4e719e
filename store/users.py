"""Users: the people of an organisation's customers who sign in, and the accounts they belong to."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store import sessions, tokens
from store.instants import from_ms, maybe_instant, to_ms


class Role(Enum):
    """What a member of an account may do."""

    FULL = "full"
    READ = "read"


class Status(Enum):
    """Whether a user may sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in at one organisation's portal."""

    id: int
    email: str
    name: str
    password_hash: str
    status: Status
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Membership:
    """One account of a user, with its name as imported."""

    account_id: int
    reference: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Added:
    """The user, and whether they were there before: their password was then left as it was."""

    user_id: int
    existed: bool


@dataclass(frozen=True, slots=True)
class NoSuchAccount:
    """No customer of the organisation has this reference."""

    reference: str


def canonical_email(text: str) -> str:
    """The spelling by which sign-in names are compared."""
    return text.strip().casefold()


def add(
    db: sqlite3.Connection,
    organisation_id: int,
    email: str,
    password_hash: str,
    account_reference: str,
    now: datetime,
    *,
    name: str = "",
    role: Role = Role.FULL,
) -> Added | NoSuchAccount:
    """Let somebody into an account; one who is a user already gets the membership alone."""
    account = db.execute(
        "SELECT id FROM accounts WHERE organisation_id = :organisation_id AND reference = :reference",
        {"organisation_id": organisation_id, "reference": account_reference},
    ).fetchone()
    if account is None:
        return NoSuchAccount(account_reference)
    known = by_email(db, organisation_id, email)
    user_id = known.id if known else _insert(db, organisation_id, email, password_hash, name, now)
    put_membership(db, organisation_id, user_id, account["id"], role)
    return Added(user_id, existed=known is not None)


def put_membership(
    db: sqlite3.Connection, organisation_id: int, user_id: int, account_id: int, role: Role
) -> None:
    """Open an account to a user, or set what they may do in it."""
    db.execute(
        "INSERT INTO memberships (organisation_id, user_id, account_id, role)"
        " VALUES (:organisation_id, :user_id, :account_id, :role)"
        " ON CONFLICT (organisation_id, user_id, account_id) DO UPDATE SET role = excluded.role",
        {
            "organisation_id": organisation_id,
            "user_id": user_id,
            "account_id": account_id,
            "role": role.value,
        },
    )


def by_email(db: sqlite3.Connection, organisation_id: int, email: str) -> User | None:
    """The user who signs in with this address at this organisation."""
    row = db.execute(
        f"{_SELECT} WHERE organisation_id = :organisation_id AND email = :email",
        {"organisation_id": organisation_id, "email": canonical_email(email)},
    ).fetchone()
    return _user(row) if row else None


def by_id(db: sqlite3.Connection, organisation_id: int, user_id: int) -> User | None:
    """The user of this id, if they are this organisation's."""
    row = db.execute(
        f"{_SELECT} WHERE organisation_id = :organisation_id AND id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id},
    ).fetchone()
    return _user(row) if row else None


def any_of(db: sqlite3.Connection, organisation_id: int) -> bool:
    """Whether the organisation has any user, invited ones among them."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM users WHERE organisation_id = :organisation_id) AS found",
        {"organisation_id": organisation_id},
    ).fetchone()
    return bool(row["found"])


def memberships(db: sqlite3.Connection, organisation_id: int, user_id: int) -> list[Membership]:
    """The accounts that a user may see now, by reference."""
    rows = db.execute(
        "SELECT m.account_id, a.reference, a.name, m.role FROM memberships m"
        " JOIN visible_accounts a ON a.organisation_id = m.organisation_id AND a.account_id = m.account_id"
        " WHERE m.organisation_id = :organisation_id AND m.user_id = :user_id ORDER BY a.reference",
        {"organisation_id": organisation_id, "user_id": user_id},
    )
    return [Membership(row["account_id"], row["reference"], row["name"], Role(row["role"])) for row in rows]


def signed_in(
    db: sqlite3.Connection, organisation_id: int, user_id: int, now: datetime, rehashed: str | None
) -> None:
    """Write that a user signed in, and their password's new hash when its parameters moved on."""
    db.execute(
        "UPDATE users SET seen_at = :now, password_hash = coalesce(:rehashed, password_hash)"
        " WHERE organisation_id = :organisation_id AND id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id, "now": to_ms(now), "rehashed": rehashed},
    )


def keep_password(db: sqlite3.Connection, organisation_id: int, user_id: int, password_hash: str) -> None:
    """Keep a user's password; their sessions stay."""
    db.execute(
        "UPDATE users SET password_hash = :password_hash"
        " WHERE organisation_id = :organisation_id AND id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id, "password_hash": password_hash},
    )


def invited(db: sqlite3.Connection, organisation_id: int, email: str, name: str, now: datetime) -> int:
    """A new user without a password, who cannot sign in before they chose one; their id."""
    user_id = _insert(db, organisation_id, email, NO_PASSWORD, name, now)
    _set_status(db, organisation_id, user_id, Status.INVITED)
    return user_id


def activate(
    db: sqlite3.Connection, organisation_id: int, user_id: int, name: str, password_hash: str
) -> None:
    """An invited user chose a password: from now on they may sign in."""
    db.execute(
        "UPDATE users SET status = 'active', name = :name, password_hash = :password_hash"
        " WHERE organisation_id = :organisation_id AND id = :user_id",
        {
            "organisation_id": organisation_id,
            "user_id": user_id,
            "name": name,
            "password_hash": password_hash,
        },
    )


def set_password(db: sqlite3.Connection, organisation_id: int, user_id: int, password_hash: str) -> None:
    """Keep a new password; every session that the old one opened ends, and so do mailed resets and codes."""
    db.execute(
        "UPDATE users SET password_hash = :password_hash"
        " WHERE organisation_id = :organisation_id AND id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id, "password_hash": password_hash},
    )
    db.execute(
        "DELETE FROM tokens WHERE organisation_id = :organisation_id AND user_id = :user_id"
        " AND purpose IN ('reset', 'sign_in') AND used_at IS NULL",
        {"organisation_id": organisation_id, "user_id": user_id},
    )
    sessions.remove_of_user(db, organisation_id, user_id)


def change_email(db: sqlite3.Connection, organisation_id: int, user_id: int, email: str) -> bool:
    """Sign in with another address; what was mailed to the one before is void. False: it is somebody else's."""
    known = by_email(db, organisation_id, email)
    if known is not None and known.id != user_id:
        return False
    db.execute(
        "UPDATE users SET email = :email WHERE organisation_id = :organisation_id AND id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id, "email": canonical_email(email)},
    )
    db.execute(
        "DELETE FROM tokens WHERE organisation_id = :organisation_id AND user_id = :user_id"
        " AND purpose IN ('reset', 'sign_in', 'address') AND used_at IS NULL",
        {"organisation_id": organisation_id, "user_id": user_id},
    )
    return True


def suspend(db: sqlite3.Connection, organisation_id: int, user_id: int, now: datetime) -> bool:
    """Keep somebody out from this moment: no session, no link works; False: they are out, or not here."""
    user = by_id(db, organisation_id, user_id)
    if user is None or user.status is Status.SUSPENDED:
        return False
    _set_status(db, organisation_id, user_id, Status.SUSPENDED)
    sessions.remove_of_user(db, organisation_id, user_id)
    for purpose in tokens.ONE_OF_A_USER:
        tokens.void_of_user(db, organisation_id, user_id, purpose, now)
    return True


def reactivate(db: sqlite3.Connection, organisation_id: int, user_id: int) -> Status | None:
    """Let a suspended user in again: as active, or as invited when they never chose a password."""
    user = by_id(db, organisation_id, user_id)
    if user is None or user.status is not Status.SUSPENDED:
        return None
    status = Status.ACTIVE if user.password_hash else Status.INVITED
    _set_status(db, organisation_id, user_id, status)
    return status


NO_PASSWORD = ""
"""What stands in place of a hash until a password was chosen; no password is right for it."""
_SELECT = "SELECT id, email, name, password_hash, status, created_at, seen_at FROM users"


def _insert(
    db: sqlite3.Connection, organisation_id: int, email: str, password_hash: str, name: str, now: datetime
) -> int:
    row = db.execute(
        "INSERT INTO users (organisation_id, email, name, password_hash, created_at)"
        " VALUES (:organisation_id, :email, :name, :password_hash, :now) RETURNING id",
        {
            "organisation_id": organisation_id,
            "email": canonical_email(email),
            "name": name,
            "password_hash": password_hash,
            "now": to_ms(now),
        },
    ).fetchone()
    return int(row["id"])


def _set_status(db: sqlite3.Connection, organisation_id: int, user_id: int, status: Status) -> None:
    db.execute(
        "UPDATE users SET status = :status WHERE organisation_id = :organisation_id AND id = :user_id",
        {"organisation_id": organisation_id, "user_id": user_id, "status": status.value},
    )


def _user(row: sqlite3.Row) -> User:
    return User(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        password_hash=row["password_hash"],
        status=Status(row["status"]),
        created_at=from_ms(row["created_at"]),
        seen_at=maybe_instant(row["seen_at"]),
    )

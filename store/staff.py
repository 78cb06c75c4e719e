"""Staff: the people who may use the admin console: an organisation's admins, and the operator."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store import sessions
from store.instants import from_ms, maybe_instant, to_ms
from store.owner import Owner, of_staff


class Role(Enum):
    """What somebody of the staff may see."""

    ADMIN = "admin"
    """One organisation."""
    OPERATOR = "operator"
    """All of them."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff; an operator has no organisation."""

    id: int
    email: str
    password_hash: str
    role: Role
    organisation_id: int | None
    created_at: datetime
    seen_at: datetime | None

    @property
    def invited(self) -> bool:
        """Whether they have yet to choose a password."""
        return not self.password_hash

    @property
    def owner(self) -> Owner:
        """Whose their sessions and their second factor are."""
        return of_staff(self.id)


@dataclass(frozen=True, slots=True)
class Listed:
    """A member as lists show them."""

    member: Member
    organisation: str
    """Its name; empty for an operator."""
    slug: str
    has_factor: bool


class EmailTaken(Exception):
    """Somebody of the staff signs in with this e-mail address already."""


def add(
    db: sqlite3.Connection,
    email: str,
    password_hash: str,
    role: Role,
    organisation_id: int | None,
    now: datetime,
) -> Member:
    """Let somebody in: an admin with an organisation, an operator without; `EmailTaken`.

    An empty password hash is nobody's password: they choose one by a link (`store.staff_links`).
    """
    if (role is Role.ADMIN) != (organisation_id is not None):
        raise ValueError("an admin belongs to an organisation, an operator to none")
    if by_email(db, email):
        raise EmailTaken(canonical_email(email))
    db.execute(
        "INSERT INTO staff (email, password_hash, role, organisation_id, created_at)"
        " VALUES (:email, :password_hash, :role, :organisation_id, :now)",
        {
            "email": canonical_email(email),
            "password_hash": password_hash,
            "role": role.value,
            "organisation_id": organisation_id,
            "now": to_ms(now),
        },
    )
    added = by_email(db, email)
    assert added
    return added


def by_email(db: sqlite3.Connection, email: str) -> Member | None:
    """Who signs in with this address, in whatever case it is typed."""
    row = db.execute(
        f"{_SELECT} WHERE email = :email",
        {"email": canonical_email(email)},
    ).fetchone()
    return _member(row) if row else None


def by_id(db: sqlite3.Connection, staff_id: int) -> Member | None:
    """The member of this id."""
    row = db.execute(f"{_SELECT} WHERE id = :id", {"id": staff_id}).fetchone()
    return _member(row) if row else None


def every(db: sqlite3.Connection) -> list[Member]:
    """All of the staff by address."""
    return [_member(row) for row in db.execute(f"{_SELECT} ORDER BY email")]


def listed(db: sqlite3.Connection, organisation_id: int | None = None) -> list[Listed]:
    """The admins of an organisation by address; None: all of the staff, operators first."""
    whose = "" if organisation_id is None else "WHERE s.organisation_id = :organisation_id"
    rows = db.execute(
        "SELECT s.id, s.email, s.password_hash, s.role, s.organisation_id, s.created_at, s.seen_at,"
        " coalesce(o.name, '') AS organisation, coalesce(o.slug, '') AS slug,"
        " f.confirmed_at IS NOT NULL AS has_factor"
        " FROM staff s LEFT JOIN organisations o ON o.id = s.organisation_id"
        f" LEFT JOIN second_factors f ON f.staff_id = s.id {whose}"
        " ORDER BY s.role = 'admin', o.slug, s.email",
        {"organisation_id": organisation_id},
    )
    return [Listed(_member(row), row["organisation"], row["slug"], bool(row["has_factor"])) for row in rows]


def operators(db: sqlite3.Connection) -> int:
    """How many operators can sign in."""
    row = db.execute("SELECT count(*) FROM staff WHERE role = 'operator' AND password_hash <> ''").fetchone()
    return int(row[0])


def remove(db: sqlite3.Connection, staff_id: int) -> None:
    """Take somebody's way in away, with their sessions, links and second factor."""
    db.execute("DELETE FROM staff WHERE id = :id", {"id": staff_id})


def set_password(db: sqlite3.Connection, staff_id: int, password_hash: str) -> None:
    """Give a new password; whoever is signed in with the old one is signed out."""
    keep_password(db, staff_id, password_hash)
    sessions.remove_of_staff(db, staff_id)


def keep_password(db: sqlite3.Connection, staff_id: int, password_hash: str) -> None:
    """Keep the same password under newer hashing parameters; sessions stay."""
    db.execute(
        "UPDATE staff SET password_hash = :password_hash WHERE id = :id",
        {"password_hash": password_hash, "id": staff_id},
    )


def seen(db: sqlite3.Connection, staff_id: int, now: datetime) -> None:
    """Keep when somebody signed in."""
    db.execute("UPDATE staff SET seen_at = :now WHERE id = :id", {"now": to_ms(now), "id": staff_id})


def canonical_email(email: str) -> str:
    """The one spelling under which an address is kept and found."""
    return email.strip().casefold()


_SELECT = "SELECT id, email, password_hash, role, organisation_id, created_at, seen_at FROM staff"


def _member(row: sqlite3.Row) -> Member:
    return Member(
        id=row["id"],
        email=row["email"],
        password_hash=row["password_hash"],
        role=Role(row["role"]),
        organisation_id=row["organisation_id"],
        created_at=from_ms(row["created_at"]),
        seen_at=maybe_instant(row["seen_at"]),
    )

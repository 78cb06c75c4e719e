"""Invitations: an admin lets somebody in; who is new chooses a password, who is a user already must agree."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import memberships, users
from store.users import NoSuchAccount, Role, Status, User


@dataclass(frozen=True, slots=True)
class Invited:
    """A user who has no password yet: a link goes to them."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A user of another customer: they take this one on once they agree, signed in."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AlreadyIn:
    """They sign in for this customer as it is."""

    user_id: int


@dataclass(frozen=True, slots=True)
class IsSuspended:
    """The user is suspended; an invitation would not let them in."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Person:
    """Who is invited, and what they may do."""

    email: str
    name: str = ""
    role: Role = Role.FULL


Outcome = Invited | Offered | AlreadyIn | IsSuspended | NoSuchAccount


def invite(
    db: sqlite3.Connection, organisation_id: int, account_id: int, person: Person, now: datetime
) -> Outcome:
    """Let somebody into a visible customer; the caller mails them."""
    reference = _reference(db, organisation_id, account_id)
    if reference is None:
        return NoSuchAccount(str(account_id))
    known = users.by_email(db, organisation_id, person.email)
    if known is None:
        user_id = users.invited(db, organisation_id, person.email, person.name, now)
        users.put_membership(db, organisation_id, user_id, account_id, person.role)
        return Invited(user_id)
    return _known(db, organisation_id, account_id, known, person.role, now)


def accept(
    db: sqlite3.Connection, organisation_id: int, user_id: int, name: str, password_hash: str
) -> User | None:
    """An invited user chose a name and a password; None: they are not invited any more."""
    user = users.by_id(db, organisation_id, user_id)
    if user is None or user.status is not Status.INVITED:
        return None
    users.activate(db, organisation_id, user_id, name, password_hash)
    return users.by_id(db, organisation_id, user_id)


def _known(
    db: sqlite3.Connection, organisation_id: int, account_id: int, user: User, role: Role, now: datetime
) -> Outcome:
    match user.status:
        case Status.SUSPENDED:
            return IsSuspended(user.id)
        case Status.INVITED:
            users.put_membership(db, organisation_id, user.id, account_id, role)
            return Invited(user.id)
        case Status.ACTIVE if memberships.is_member(db, organisation_id, user.id, account_id):
            return AlreadyIn(user.id)
        case Status.ACTIVE:
            memberships.offer(db, organisation_id, user.id, account_id, role, now)
            return Offered(user.id)


def _reference(db: sqlite3.Connection, organisation_id: int, account_id: int) -> str | None:
    row = db.execute(
        "SELECT reference FROM visible_accounts"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return row["reference"] if row else None

"""Registrations: customers who let themselves in, by a link in a mailed invoice or by what an invoice says.

Who is a user already gets the customer only once they agree, signed in. With approval, a registration waits for
an admin, and its password with it.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store import memberships, users
from store.instants import from_ms, to_ms
from store.invitations import AlreadyIn, IsSuspended, Offered
from store.money import Money, parse
from store.users import Role, Status, User


class Proof(StrEnum):
    """How somebody showed that the customer's invoices reach them."""

    MAILED_INVOICE = "mailed_invoice"
    INVOICE_FACTS = "invoice_facts"


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody says is on their invoice, as they typed it."""

    reference: str
    number: str
    total: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who registers for which customer; their address is proved. `password_hash` empty: a user already."""

    account_id: int
    email: str
    name: str
    password_hash: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Registration:
    """One that waits for an admin."""

    id: int
    applicant: Applicant
    reference: str
    account_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Admitted:
    """They are a user now, and may sign in."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An admin said no."""


Admission = Admitted | Offered | AlreadyIn | IsSuspended


@dataclass(frozen=True, slots=True)
class Decided:
    """What an admin's decision came to."""

    registration: Registration
    outcome: Admission | Refused


def account_by_facts(db: sqlite3.Connection, organisation_id: int, facts: Facts) -> int | None:
    """The customer whose published invoice says all three things; None: they do not belong together."""
    row = db.execute(
        "SELECT a.account_id, i.gross, i.currency FROM visible_accounts a"
        " JOIN visible_invoices i ON i.organisation_id = a.organisation_id AND i.account_id = a.account_id"
        " WHERE a.organisation_id = :organisation_id AND a.reference IN (:reference, upper(:reference))"
        " AND i.number IN (:number, upper(:number)) AND i.kind = 'invoice' AND i.status <> 'void'",
        {
            "organisation_id": organisation_id,
            "reference": facts.reference.strip(),
            "number": facts.number.strip(),
        },
    ).fetchone()
    if row is None:
        return None
    total = parse(_plain_number(facts.total), row["currency"])
    return int(row["account_id"]) if total == Money(row["gross"], row["currency"]) else None


def admit(db: sqlite3.Connection, organisation_id: int, applicant: Applicant, now: datetime) -> Admission:
    """Let somebody in whose address and claim are proved, and approved where that is asked for."""
    known = users.by_email(db, organisation_id, applicant.email)
    if known is None:
        user_id = users.invited(db, organisation_id, applicant.email, applicant.name, now)
        return _activated(db, organisation_id, user_id, applicant)
    return _known(db, organisation_id, known, applicant, now)


def wait(db: sqlite3.Connection, organisation_id: int, applicant: Applicant, now: datetime) -> int:
    """Keep a registration for an admin to decide; one of the same person for the same customer gives way."""
    db.execute(
        "DELETE FROM registrations WHERE organisation_id = :organisation_id AND account_id = :account_id"
        " AND email = :email AND state = 'waiting'",
        {
            "organisation_id": organisation_id,
            "account_id": applicant.account_id,
            "email": users.canonical_email(applicant.email),
        },
    )
    row = db.execute(
        "INSERT INTO registrations (organisation_id, account_id, email, name, password_hash, proof, created_at)"
        " VALUES (:organisation_id, :account_id, :email, :name, :password_hash, :proof, :now) RETURNING id",
        {
            "organisation_id": organisation_id,
            "account_id": applicant.account_id,
            "email": users.canonical_email(applicant.email),
            "name": applicant.name,
            "password_hash": applicant.password_hash,
            "proof": applicant.proof,
            "now": to_ms(now),
        },
    ).fetchone()
    return int(row["id"])


def waiting(db: sqlite3.Connection, organisation_id: int, after_id: int, limit: int) -> list[Registration]:
    """Those that wait, the oldest first, from a place on."""
    rows = db.execute(
        f"{_SELECT} AND r.id > :after_id ORDER BY r.id LIMIT :limit",
        {"organisation_id": organisation_id, "after_id": after_id, "limit": limit},
    )
    return [_registration(row) for row in rows]


def waiting_of_account(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[Registration]:
    """Those that wait for one customer."""
    rows = db.execute(
        f"{_SELECT} AND r.account_id = :account_id ORDER BY r.id",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return [_registration(row) for row in rows]


def count_waiting(db: sqlite3.Connection, organisation_id: int) -> int:
    """How many wait."""
    row = db.execute(
        "SELECT count(*) AS n FROM registrations WHERE organisation_id = :organisation_id AND state = 'waiting'",
        {"organisation_id": organisation_id},
    ).fetchone()
    return int(row["n"])


def decide(
    db: sqlite3.Connection,
    organisation_id: int,
    registration_id: int,
    *,
    approved: bool,
    actor: str,
    now: datetime,
) -> Decided | None:
    """Approve or refuse one that waits; None: none of this id waits here. The password is kept no longer."""
    row = db.execute(
        f"{_SELECT} AND r.id = :id", {"organisation_id": organisation_id, "id": registration_id}
    ).fetchone()
    if row is None:
        return None
    found = _registration(row)
    db.execute(
        "UPDATE registrations SET state = :state, decided_by = :actor, decided_at = :now, password_hash = ''"
        " WHERE organisation_id = :organisation_id AND id = :id",
        {
            "organisation_id": organisation_id,
            "id": registration_id,
            "state": "approved" if approved else "refused",
            "actor": actor,
            "now": to_ms(now),
        },
    )
    return Decided(found, admit(db, organisation_id, found.applicant, now) if approved else Refused())


_SELECT = (
    "SELECT r.id, r.account_id, r.email, r.name, r.password_hash, r.proof, r.created_at, a.reference,"
    " a.name AS account_name FROM registrations r"
    " JOIN visible_accounts a ON a.organisation_id = r.organisation_id AND a.account_id = r.account_id"
    " WHERE r.organisation_id = :organisation_id AND r.state = 'waiting'"
)


def _known(
    db: sqlite3.Connection, organisation_id: int, user: User, applicant: Applicant, now: datetime
) -> Admission:
    match user.status:
        case Status.SUSPENDED:
            return IsSuspended(user.id)
        case Status.INVITED if applicant.password_hash:
            return _activated(db, organisation_id, user.id, applicant)
        case _ if memberships.is_member(db, organisation_id, user.id, applicant.account_id):
            return AlreadyIn(user.id)
        case _:
            memberships.offer(db, organisation_id, user.id, applicant.account_id, Role.FULL, now)
            return Offered(user.id)


def _activated(db: sqlite3.Connection, organisation_id: int, user_id: int, applicant: Applicant) -> Admitted:
    users.activate(db, organisation_id, user_id, applicant.name, applicant.password_hash)
    users.put_membership(db, organisation_id, user_id, applicant.account_id, Role.FULL)
    return Admitted(user_id)


def _plain_number(text: str) -> str:
    """An amount as people copy it from an invoice: £1,234.50 is 1234.50."""
    return "".join(character for character in text if character not in "£€$,'" and not character.isspace())


def _registration(row: sqlite3.Row) -> Registration:
    applicant = Applicant(
        row["account_id"], row["email"], row["name"], row["password_hash"], Proof(row["proof"])
    )
    return Registration(
        row["id"], applicant, row["reference"], row["account_name"], from_ms(row["created_at"])
    )

"""Candidates: customers' people as a deed on many would find them, and what it would come to; the rule is pure."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from store import customers
from store.customers import EMAIL, Person
from store.outbox import is_address
from store.users import Status, canonical_email


class Kind(StrEnum):
    """What is done to many."""

    INVITE = "invite"
    RESEND = "resend"
    SUSPEND = "suspend"
    REACTIVATE = "reactivate"


class Outcome(StrEnum):
    """What a deed comes to for one customer or user."""

    INVITED = "invited"
    ASKED = "asked"
    """They sign in for another customer, and are asked whether they take this one on."""
    SENT = "sent"
    SUSPENDED = "suspended"
    REACTIVATED = "reactivated"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    ALREADY_IN = "already_in"
    ALREADY_INVITED = "already_invited"
    IS_SUSPENDED = "is_suspended"
    SHARED = "shared"
    """They sign in for other customers too, and keeping them out is a decision of its own."""
    NOBODY = "nobody"
    NO_NAME = "no_name"
    """The portal has no name that a link could lead to."""
    GONE = "gone"


DONE = frozenset({Outcome.INVITED, Outcome.ASKED, Outcome.SENT, Outcome.SUSPENDED, Outcome.REACTIVATED})
"""What was meant to happen; all others are exceptions."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One customer and one person: who has the customer's address, or one of their users; or nobody."""

    account_id: int
    reference: str
    name: str
    email: str
    user_id: int | None = None
    status: Status | None = None
    is_member: bool = False
    offered: bool = False
    others: int = 0
    """For how many other customers they sign in."""


def outlook(kind: Kind, candidate: Candidate) -> Outcome:
    """What the deed comes to."""
    match kind:
        case Kind.INVITE:
            return _invite(candidate)
        case Kind.RESEND:
            waits = candidate.status is Status.INVITED or candidate.offered
            return Outcome.SENT if waits and candidate.status is not Status.SUSPENDED else Outcome.NOBODY
        case Kind.SUSPEND:
            if not candidate.is_member or candidate.status is Status.SUSPENDED:
                return Outcome.NOBODY
            return Outcome.SHARED if candidate.others else Outcome.SUSPENDED
        case Kind.REACTIVATE:
            return Outcome.REACTIVATED if candidate.status is Status.SUSPENDED else Outcome.NOBODY


def of_accounts(
    db: sqlite3.Connection, organisation_id: int, kind: Kind, account_ids: Sequence[int]
) -> list[Candidate]:
    """Those whom the deed is about, by reference; a customer with nobody it is about stands alone."""
    plain = _accounts(db, organisation_id, account_ids)
    if kind is Kind.INVITE:
        return _with_own_address(db, organisation_id, plain)
    people = customers.people_of(db, organisation_id, [each.account_id for each in plain])
    others = _others(db, organisation_id, {person.user_id for one in people.values() for person in one})
    found: list[Candidate] = []
    for candidate in plain:
        meant = [_with(candidate, person, others) for person in people[candidate.account_id]]
        meant = [each for each in meant if outlook(kind, each) is not Outcome.NOBODY]
        found += meant or [candidate]
    return found


def of_user(
    db: sqlite3.Connection, organisation_id: int, kind: Kind, account_id: int, user_id: int | None
) -> Candidate | None:
    """One of `of_accounts`, as it is now; None: the customer, or the user, is gone."""
    for candidate in of_accounts(db, organisation_id, kind, [account_id]):
        if user_id is None or candidate.user_id == user_id:
            return candidate
    return None


def _invite(candidate: Candidate) -> Outcome:
    if not candidate.email:
        return Outcome.NO_ADDRESS
    if not is_address(candidate.email):
        return Outcome.BAD_ADDRESS
    match candidate.status:
        case None:
            return Outcome.INVITED
        case Status.SUSPENDED:
            return Outcome.IS_SUSPENDED
        case Status.INVITED:
            return Outcome.ALREADY_INVITED if candidate.is_member else Outcome.INVITED
        case Status.ACTIVE if candidate.is_member:
            return Outcome.ALREADY_IN
        case Status.ACTIVE:
            return Outcome.ALREADY_INVITED if candidate.offered else Outcome.ASKED


def _accounts(db: sqlite3.Connection, organisation_id: int, account_ids: Sequence[int]) -> list[Candidate]:
    rows = db.execute(
        f"SELECT v.account_id, v.reference, v.name, {EMAIL} AS email FROM visible_accounts v"
        " WHERE v.organisation_id = :organisation_id"
        " AND v.account_id IN (SELECT value FROM json_each(:accounts)) ORDER BY v.reference",
        {"organisation_id": organisation_id, "accounts": json.dumps(list(account_ids))},
    )
    return [Candidate(row["account_id"], row["reference"], row["name"], row["email"].strip()) for row in rows]


def _with_own_address(
    db: sqlite3.Connection, organisation_id: int, plain: Sequence[Candidate]
) -> list[Candidate]:
    rows = db.execute(
        "SELECT id, email, status FROM users WHERE organisation_id = :organisation_id"
        " AND email IN (SELECT value FROM json_each(:emails))",
        {
            "organisation_id": organisation_id,
            "emails": json.dumps([canonical_email(each.email) for each in plain]),
        },
    )
    users = {row["email"]: row for row in rows}
    people = customers.people_of(db, organisation_id, [each.account_id for each in plain])
    found = []
    for candidate in plain:
        user = users.get(canonical_email(candidate.email))
        own = {person.user_id: person for person in people[candidate.account_id]}
        person = own.get(user["id"]) if user else None
        found.append(
            Candidate(
                candidate.account_id,
                candidate.reference,
                candidate.name,
                candidate.email,
                user["id"] if user else None,
                Status(user["status"]) if user else None,
                is_member=person is not None and not person.offered,
                offered=person is not None and person.offered,
            )
        )
    return found


def _others(db: sqlite3.Connection, organisation_id: int, user_ids: set[int]) -> dict[int, int]:
    rows = db.execute(
        "SELECT user_id, count(*) - 1 AS others FROM memberships WHERE organisation_id = :organisation_id"
        " AND user_id IN (SELECT value FROM json_each(:users)) GROUP BY user_id",
        {"organisation_id": organisation_id, "users": json.dumps(sorted(user_ids))},
    )
    return {row["user_id"]: row["others"] for row in rows}


def _with(candidate: Candidate, person: Person, others: dict[int, int]) -> Candidate:
    return Candidate(
        candidate.account_id,
        candidate.reference,
        candidate.name,
        person.email,
        person.user_id,
        person.status,
        is_member=not person.offered,
        offered=person.offered,
        others=others.get(person.user_id, 0),
    )

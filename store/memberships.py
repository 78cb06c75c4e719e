"""Memberships: which customers a user sees, which they were offered, what they may do; changed by admins.

A user gets one more customer only once they agree, signed in: until then it is an offer.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import sessions, users
from store.instants import from_ms, to_ms
from store.users import Role


@dataclass(frozen=True, slots=True)
class Offer:
    """A customer that a user may take on."""

    account_id: int
    reference: str
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """A customer was taken away from a user; `forgotten`: it was the last, and the user is gone."""

    forgotten: bool


def is_member(db: sqlite3.Connection, organisation_id: int, user_id: int, account_id: int) -> bool:
    """Whether a user sees this customer."""
    row = db.execute(
        "SELECT 1 FROM memberships WHERE organisation_id = :organisation_id AND user_id = :user_id"
        " AND account_id = :account_id",
        {"organisation_id": organisation_id, "user_id": user_id, "account_id": account_id},
    ).fetchone()
    return row is not None


def offer(
    db: sqlite3.Connection, organisation_id: int, user_id: int, account_id: int, role: Role, now: datetime
) -> None:
    """Offer a customer to a user; again: with this role."""
    db.execute(
        "INSERT INTO membership_offers (organisation_id, user_id, account_id, role, created_at)"
        " VALUES (:organisation_id, :user_id, :account_id, :role, :now)"
        " ON CONFLICT (organisation_id, user_id, account_id) DO UPDATE SET role = excluded.role",
        {
            "organisation_id": organisation_id,
            "user_id": user_id,
            "account_id": account_id,
            "role": role.value,
            "now": to_ms(now),
        },
    )


def offers(db: sqlite3.Connection, organisation_id: int, user_id: int) -> list[Offer]:
    """What waits for a user's agreement, by reference."""
    rows = db.execute(
        "SELECT o.account_id, a.reference, a.name, o.role, o.created_at FROM membership_offers o"
        " JOIN visible_accounts a ON a.organisation_id = o.organisation_id AND a.account_id = o.account_id"
        " WHERE o.organisation_id = :organisation_id AND o.user_id = :user_id ORDER BY a.reference",
        {"organisation_id": organisation_id, "user_id": user_id},
    )
    return [
        Offer(row["account_id"], row["reference"], row["name"], Role(row["role"]), from_ms(row["created_at"]))
        for row in rows
    ]


def answer(
    db: sqlite3.Connection, organisation_id: int, user_id: int, reference: str, agreed: bool
) -> Offer | None:
    """A signed-in user takes an offer, or turns it down; None: there is no such offer."""
    for found in offers(db, organisation_id, user_id):
        if found.reference == reference:
            _withdraw(db, organisation_id, user_id, found.account_id)
            if agreed:
                users.put_membership(db, organisation_id, user_id, found.account_id, found.role)
            return found
    return None


def set_role(db: sqlite3.Connection, organisation_id: int, user_id: int, account_id: int, role: Role) -> bool:
    """What a user may do for a customer, or will once they agree; False: they are not theirs."""
    changed = 0
    for table in ("memberships", "membership_offers"):
        changed += db.execute(
            f"UPDATE {table} SET role = :role WHERE organisation_id = :organisation_id"
            " AND user_id = :user_id AND account_id = :account_id",
            {
                "organisation_id": organisation_id,
                "user_id": user_id,
                "account_id": account_id,
                "role": role.value,
            },
        ).rowcount
    return changed > 0


def remove(db: sqlite3.Connection, organisation_id: int, user_id: int, account_id: int) -> Removed | None:
    """Take a customer away from a user; one who is left with none is forgotten whole."""
    key = {"organisation_id": organisation_id, "user_id": user_id}
    gone = sum(
        db.execute(
            f"DELETE FROM {table} WHERE organisation_id = :organisation_id AND user_id = :user_id"
            " AND account_id = :account_id",
            key | {"account_id": account_id},
        ).rowcount
        for table in ("memberships", "membership_offers")
    )
    if not gone:
        return None
    left = db.execute(
        "SELECT EXISTS (SELECT 1 FROM memberships WHERE organisation_id = :organisation_id"
        " AND user_id = :user_id) OR EXISTS (SELECT 1 FROM membership_offers"
        " WHERE organisation_id = :organisation_id AND user_id = :user_id) AS is_left",
        key,
    ).fetchone()
    if not left["is_left"]:
        sessions.remove_of_user(db, organisation_id, user_id)
        db.execute("DELETE FROM users WHERE organisation_id = :organisation_id AND id = :user_id", key)
    return Removed(forgotten=not left["is_left"])


def _withdraw(db: sqlite3.Connection, organisation_id: int, user_id: int, account_id: int) -> None:
    db.execute(
        "DELETE FROM membership_offers WHERE organisation_id = :organisation_id AND user_id = :user_id"
        " AND account_id = :account_id",
        {"organisation_id": organisation_id, "user_id": user_id, "account_id": account_id},
    )

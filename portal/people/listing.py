"""Listing: the people of a customer as the others of it see them.

Who has not agreed yet is an address and no more: whether somebody is a user of another customer is nobody's to know.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from portal.words import N_
from store import customers
from store.customers import Person
from store.users import Role, Status

PEOPLE = "/people"
MOST = 100
"""Of one customer."""
MAY = {Role.FULL: N_("Full access"), Role.READ: N_("May look, not change")}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in the list."""

    user_id: int
    email: str
    name: str
    role: Role
    seen_at: datetime | None
    waits: bool
    """Was invited, and has not accepted yet."""
    suspended: bool

    @property
    def leads(self) -> bool:
        """May say who has access, now."""
        return self.role is Role.FULL and not self.waits and not self.suspended

    @property
    def title(self) -> str:
        """What they go by."""
        return self.name or self.email


def colleagues(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[Colleague]:
    """All who have access to a customer, or were asked to; those first who have."""
    found = customers.people_of(db, organisation_id, [account_id])[account_id]
    return sorted(map(_colleague, found), key=lambda one: (one.waits, one.email))


def find(found: list[Colleague], user_id: int) -> Colleague | None:
    """The one of this id."""
    return next((one for one in found if one.user_id == user_id), None)


def is_last(found: list[Colleague], one: Colleague) -> bool:
    """Whether nobody else could say who has access."""
    return one.leads and not any(other.leads for other in found if other.user_id != one.user_id)


def _colleague(person: Person) -> Colleague:
    waits = person.offered or person.status is Status.INVITED
    return Colleague(
        user_id=person.user_id,
        email=person.email,
        name="" if waits else person.name,
        role=person.role,
        seen_at=None if waits else person.seen_at,
        waits=waits,
        suspended=not waits and person.status is Status.SUSPENDED,
    )

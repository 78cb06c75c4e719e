"""Realm: where people sign in: an organisation's portal for its customers, the console for staff."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store.audit import Entry
from store.owner import Owner
from store.sessions import Session


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in now; `organisation_id` is whose audit tells of it (None: the provider's)."""

    owner: Owner
    email: str
    password_hash: str
    organisation_id: int | None

    def action(self, verb: str) -> str:
        """The audit's name for what they do: staff.signed_in, user.signed_in."""
        return f"{self.owner.actor.partition(':')[0]}.{verb}"

    def entry(self, verb: str, session: Session, at: datetime, **detail: str) -> Entry:
        """What they did to their own sign-in, for `store.audit.record`."""
        actor = self.owner.actor
        return Entry(self.organisation_id, actor, self.action(verb), actor, detail, session.address, at)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is signed in on a request, and with which session."""

    person: Person
    session: Session


class Realm(Protocol):
    """What signing in asks of the people of a place."""

    @property
    def key(self) -> str:
        """Keeps its throttles apart from those of others."""

    @property
    def outbox_of(self) -> int | None:
        """Whose outbox the mails to its people go through; None: the provider's."""

    def by_email(self, db: sqlite3.Connection, email: str) -> Person | None:
        """Who signs in with this address."""

    def by_owner(self, db: sqlite3.Connection, owner: Owner) -> Person | None:
        """The same person, looked at again."""

    def keep_password(self, db: sqlite3.Connection, owner: Owner, password_hash: str) -> None:
        """Keep somebody's password; their sessions stay."""

    def seen(self, db: sqlite3.Connection, owner: Owner, now: datetime) -> None:
        """Keep that somebody signed in."""

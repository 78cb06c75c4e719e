"""The extra line of a mailed invoice: where the portal is, and how its customer may register.

It is due while registration is allowed and the customer has no user yet. Each line carries a proof of its own,
which works once, for sixty days, on this host, for this customer.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import account_users, portals, tokens
from store.hostname import Hostname
from store.tokens import LIFETIMES, Claim, Purpose
from store.users import Status

USERS = frozenset({Status.ACTIVE, Status.SUSPENDED})
"""Who has a sign-in. Somebody who was invited has none yet: the line serves them too, and either way in works. One
who is suspended has: a new registration would undo what the organisation decided."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether the line is due; `host` None: the portal has no name yet."""

    allow_registration: bool
    portal_open: bool
    host: Hostname | None
    has_user: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The line is due: customers reach the portal at this host."""

    host: Hostname

    def path(self, token: str) -> str:
        """Where a proof leads."""
        return f"/register/{token}"


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """A line with its proof: `path` is below the origin of `host`; `token` is in its mail alone."""

    host: Hostname
    token: str
    path: str
    expires_at: datetime

    def text(self, origin: str, brand: str) -> str:
        """The line as plain text, for invoices that are mailed elsewhere."""
        return (
            f"See your invoices, payments and calls at any time in the customer portal of {brand}: {origin}\n"
            f"Register once, with this link: {origin}{self.path}"
        )


def registration_line(facts: Facts) -> Line | None:
    """Whether the line is due."""
    if not facts.allow_registration or not facts.portal_open or facts.has_user:
        return None
    return Line(facts.host) if facts.host else None


def facts_of(db: sqlite3.Connection, organisation_id: int, account_id: int, host: Hostname | None) -> Facts:
    """What is known of a customer."""
    portal = portals.find(db, organisation_id)
    return Facts(
        allow_registration=portal is not None and portal.allow_registration,
        portal_open=portal is not None and portal.enabled and not portal.suspended,
        host=host,
        has_user=bool(USERS & account_users.statuses(db, organisation_id, account_id)),
    )


def for_account(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    host: Hostname | None,
    now: datetime,
    *,
    email: str = "",
) -> RegistrationLine | None:
    """The line of a customer with a new proof; None: it is not due, or there is no such customer.

    `email`: where it is mailed. Who registers with another address, or where none is known, must confirm it first.
    """
    line = registration_line(facts_of(db, organisation_id, account_id, host))
    if line is None or not _exists(db, organisation_id, account_id):
        return None
    claim = Claim(purpose=Purpose.REGISTRATION, host=line.host, account_id=account_id, email=email)
    token = tokens.issue(db, organisation_id, claim, now)
    return RegistrationLine(line.host, token, line.path(token), now + LIFETIMES[Purpose.REGISTRATION])


def _exists(db: sqlite3.Connection, organisation_id: int, account_id: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM visible_accounts WHERE organisation_id = :organisation_id AND account_id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return row is not None

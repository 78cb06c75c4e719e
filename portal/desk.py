"""Desk: in whose name an organisation's mails to its customers are written now, and where their links lead.

Made in the transaction that queues them, from the store alone: nothing of a request gets into a mail.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import mail
from portal.mail import Letter, Letterhead, Provider, Sender
from store import origins, outbox, portals, tokens
from store.hostname import Hostname
from store.portals import Portal
from store.tokens import LIFETIMES, Claim


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to write to an organisation's customers; `host` is the one that links lead to."""

    provider: Provider
    portal: Portal
    host: Hostname
    head: Letterhead
    sender: Sender

    @property
    def organisation_id(self) -> int:
        return self.portal.organisation_id

    def issue(self, db: sqlite3.Connection, claim: Claim, now: datetime) -> str:
        """A token for a link in a mail of this desk."""
        return tokens.issue(db, self.organisation_id, claim, now)

    def send(
        self,
        db: sqlite3.Connection,
        letter: Letter,
        recipient: str,
        now: datetime,
        *,
        user_id: int | None = None,
        account_id: int | None = None,
        lifetime: timedelta | None = None,
    ) -> int:
        """Queue a letter to a customer."""
        message = letter.to(
            recipient,
            self.sender,
            user_id=user_id,
            account_id=account_id,
            expires_at=now + lifetime if lifetime else None,
        )
        return outbox.put(db, self.organisation_id, message, now)


def desk(db: sqlite3.Connection, organisation_id: int, provider: Provider) -> Desk | None:
    """The desk of an organisation; None: its portal has no name yet that a link could lead to."""
    portal = portals.find(db, organisation_id)
    host = origins.canonical_hostname(db, organisation_id)
    origin = origins.canonical_origin(db, organisation_id, provider.public_port)
    if portal is None or host is None or origin is None:
        return None
    return Desk(provider, portal, host, mail.of_portal(portal, origin), mail.sender_of(portal, provider))


def whole_days(claim: Claim) -> int:
    """For how many days a link with this claim works."""
    return LIFETIMES[claim.purpose].days

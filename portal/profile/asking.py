"""Asking: details that an admin looks at before they stand; admins are told once a request."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.mail import Provider, duties, of_provider, post_to_admins
from portal.profile.words import asked_for
from store import audit, change_requests, organisations
from store.audit import Entry
from store.change_requests import Request


@dataclass(frozen=True, slots=True)
class Asks:
    """Who asks for which values."""

    account_id: int
    user_id: int
    values: Mapping[str, str]
    address: str

    def entry(
        self, organisation_id: int, action: str, reference: str, detail: Mapping[str, str], at: datetime
    ) -> Entry:
        """The audit's entry of what they do."""
        actor, subject = f"user:{self.user_id}", f"account:{reference}"
        return Entry(organisation_id, actor, action, subject, detail, self.address, at)


def ask(
    db: sqlite3.Connection, organisation_id: int, asks: Asks, provider: Provider, now: datetime
) -> Request | None:
    """Let the values wait, write it down and tell the admins; None: nothing waits, it is all as it stands."""
    before = change_requests.of_account(db, organisation_id, asks.account_id)
    waits = change_requests.ask(db, organisation_id, asks.account_id, asks.user_id, asks.values, now)
    if waits and waits != before:
        detail = {"fields": ", ".join(waits.changes)}
        audit.record(db, asks.entry(organisation_id, "account.change_asked", waits.reference, detail, now))
        _tell(db, organisation_id, waits, provider, now)
    return waits


def take_back(db: sqlite3.Connection, organisation_id: int, asks: Asks, now: datetime) -> bool:
    """The customer no longer wants what waits."""
    waits = change_requests.of_account(db, organisation_id, asks.account_id)
    if waits is None:
        return False
    change_requests.take_back(db, organisation_id, asks.account_id, now)
    entry = asks.entry(organisation_id, "account.change_taken_back", waits.reference, {}, now)
    audit.record(db, entry)
    return True


def _tell(
    db: sqlite3.Connection, organisation_id: int, waits: Request, provider: Provider, now: datetime
) -> None:
    organisation = organisations.by_id(db, organisation_id)
    assert organisation is not None
    letter = duties.details_waiting(
        of_provider(provider),
        organisation=organisation.name,
        account=f"{waits.account_name} ({waits.reference})",
        changes=asked_for(waits.changes),
        path=f"/organisations/{organisation.slug}/customers/approvals",
    )
    post_to_admins(db, organisation_id, provider, letter, now)

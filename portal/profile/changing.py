"""Changing: what a customer wrote stands at once, waits for an admin, or is refused, field by field."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.mail import Provider
from portal.profile.asking import Asks, ask
from portal.profile.telling import tell_old_address
from store import accounts, change_requests, portals
from store.portals import Portal
from store.profile_fields import Policy


@dataclass(frozen=True, slots=True)
class Came:
    """What it came to: some of it stands now, some of it waits."""

    saved: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """Fields that are not the customer's to change; nothing was saved."""

    fields: tuple[str, ...]


def not_theirs(portal: Portal, fields: Mapping[str, object]) -> tuple[str, ...]:
    """Of these names those of details that customers may not change."""
    return tuple(name for name in fields if name in accounts.FIELDS and not portal.policy(name).may_change)


def change(
    db: sqlite3.Connection, organisation_id: int, asks: Asks, provider: Provider, now: datetime
) -> Came | NotTheirs | None:
    """Do with each value what the portal's settings say now; None: the customer is not there any more."""
    portal = portals.find(db, organisation_id)
    before = accounts.find(db, organisation_id, asks.account_id)
    if portal is None or before is None:
        return None
    if refused := not_theirs(portal, asks.values):
        return NotTheirs(refused)
    at_once = {name: value for name, value in asks.values.items() if portal.policy(name) is Policy.EDIT}
    later = {name: value for name, value in asks.values.items() if name not in at_once}
    accounts.edit(
        db,
        organisation_id,
        asks.account_id,
        at_once,
        user_id=asks.user_id,
        address=asks.address,
        now=now,
    )
    if at_once.get("email", before.value("email")) != before.value("email"):
        tell_old_address(db, organisation_id, before, at_once["email"], provider, now)
    waits = _ask(
        db, organisation_id, asks, later | _overtaken(db, organisation_id, asks, at_once), provider, now
    )
    return Came(saved=not waits or bool(at_once), waits=waits)


def _ask(
    db: sqlite3.Connection,
    organisation_id: int,
    asks: Asks,
    values: Mapping[str, str],
    provider: Provider,
    now: datetime,
) -> bool:
    """Whether any of the values waits."""
    if not values:
        return False
    asked = Asks(asks.account_id, asks.user_id, values, asks.address)
    waits = ask(db, organisation_id, asked, provider, now)
    return waits is not None and not values.keys().isdisjoint(waits.changes)


def _overtaken(
    db: sqlite3.Connection, organisation_id: int, asks: Asks, at_once: Mapping[str, str]
) -> dict[str, str]:
    """What was asked for while a field still needed approval, and has another value now."""
    waits = change_requests.of_account(db, organisation_id, asks.account_id)
    return {name: value for name, value in at_once.items() if waits and name in waits.changes}

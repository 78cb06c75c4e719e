"""Changing the address somebody signs in with, and taking that back: one transaction each."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.address_change import mails
from portal.address_change.mails import Where
from portal.desk import Desk, desk, whole_days
from portal.mail import Provider, is_address
from store import audit, known_devices, owner, second_factors, tokens, users
from store.audit import Entry
from store.hostname import Hostname
from store.owner import Owner
from store.tokens import LIFETIMES, Claim, Gone, Purpose, Token
from store.users import Status, User


@dataclass(frozen=True, slots=True)
class Link:
    """A link's token, and the host that it was opened on."""

    host: Hostname
    token: str


@dataclass(frozen=True, slots=True)
class From:
    """Where somebody is who opened a link."""

    address: str
    device: str


@dataclass(frozen=True, slots=True)
class Change:
    """Whose address a link changes, and to what."""

    user: User
    to: str


@dataclass(frozen=True, slots=True)
class Back:
    """The address before stands again; a new password is chosen by this token."""

    reset: str


def look(
    db: sqlite3.Connection, organisation_id: int, link: Link, purpose: Purpose, now: datetime
) -> Change | Gone:
    """What a link changes; nothing is spent."""
    found = tokens.look(db, organisation_id, link.host, purpose, link.token, now)
    return _change(db, organisation_id, found)


def confirm(
    db: sqlite3.Connection, organisation_id: int, link: Link, by: From, provider: Provider, now: datetime
) -> Change | Gone:
    """The new address stands; the old one is told, with a link to take it back."""
    found = tokens.spend(db, organisation_id, link.host, Purpose.ADDRESS, link.token, now)
    change = _change(db, organisation_id, found)
    if isinstance(change, Gone):
        return change
    user = change.user
    if not users.change_email(db, organisation_id, user.id, change.to):
        return Gone(found if isinstance(found, Token) else None)
    _record(db, organisation_id, user, "user.address_changed", by, now)
    if (at := desk(db, organisation_id, provider)) and is_address(user.email):
        _tell(db, at, user, by, now)
    return change


def take_back(
    db: sqlite3.Connection, organisation_id: int, link: Link, by: From, now: datetime
) -> Back | Gone:
    """The old address stands again; nobody is signed in any more, no password is right until a new one is chosen.

    A second step that was set up since is whoever's changed the address: it goes, too.
    """
    found = tokens.spend(db, organisation_id, link.host, Purpose.ADDRESS_BACK, link.token, now)
    change = _change(db, organisation_id, found)
    if isinstance(change, Gone):
        return change
    user_id = change.user.id
    if not users.change_email(db, organisation_id, user_id, change.to):
        return Gone(found if isinstance(found, Token) else None)
    tokens.void_of_user(db, organisation_id, user_id, Purpose.ADDRESS_BACK, now)
    users.set_password(db, organisation_id, user_id, users.NO_PASSWORD)
    _forget_what_is_new(db, owner.of_user(organisation_id, user_id), found)
    _record(db, organisation_id, change.user, "user.address_taken_back", by, now)
    claim = Claim(purpose=Purpose.RESET, host=link.host, user_id=user_id, email=change.to)
    return Back(tokens.issue(db, organisation_id, claim, now))


def _forget_what_is_new(db: sqlite3.Connection, whose: Owner, back: Token | Gone) -> None:
    known_devices.forget(db, whose)
    factor = second_factors.confirmed(db, whose)
    if factor and factor.confirmed_at and isinstance(back, Token) and factor.confirmed_at >= back.created_at:
        second_factors.remove(db, whose)


def _change(db: sqlite3.Connection, organisation_id: int, found: Token | Gone) -> Change | Gone:
    if isinstance(found, Gone):
        return found
    user = users.by_id(db, organisation_id, found.claim.user_id or 0)
    if user is None or user.status is not Status.ACTIVE:
        return Gone(found)
    return Change(user, found.claim.email)


def _tell(db: sqlite3.Connection, at: Desk, user: User, by: From, now: datetime) -> None:
    """`user` as they were before."""
    claim = Claim(purpose=Purpose.ADDRESS_BACK, host=at.host, user_id=user.id, email=user.email)
    token = at.issue(db, claim, now)
    where = Where(now, ZoneInfo(at.portal.time_zone), by.address, by.device)
    letter = mails.changed(at.head, where, token=token, days=whole_days(claim))
    at.send(db, letter, user.email, now, user_id=user.id, lifetime=LIFETIMES[claim.purpose])


def _record(
    db: sqlite3.Connection, organisation_id: int, user: User, action: str, by: From, now: datetime
) -> None:
    actor = f"user:{user.id}"
    audit.record(db, Entry(organisation_id, actor, action, actor, {"with": by.device}, by.address, now))

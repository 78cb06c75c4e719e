"""Inviting: one transaction that lets somebody in and mails them; for the console and for the job of many."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from portal.desk import desk
from portal.invitation import mails
from portal.mail import Provider
from store import accounts, customers, invitations, users
from store.invitations import AlreadyIn, Invited, IsSuspended, Offered, Person
from store.users import NoSuchAccount, Status


@dataclass(frozen=True, slots=True)
class NoName:
    """The portal has no name yet that a link could lead to."""


@dataclass(frozen=True, slots=True)
class NobodyWaits:
    """There is nothing to send again: they are no user here, suspended, or in already."""


Outcome = Invited | Offered | AlreadyIn | IsSuspended | NoSuchAccount | NoName


def invite(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    person: Person,
    provider: Provider,
    now: datetime,
) -> Outcome:
    """Let somebody into a customer, and mail them what to do."""
    at = desk(db, organisation_id, provider)
    if at is None:
        return NoName()
    outcome = invitations.invite(db, organisation_id, account_id, person, now)
    if isinstance(outcome, Invited | Offered):
        send_again(db, organisation_id, account_id, outcome.user_id, provider, now)
    return outcome


def send_again(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    user_id: int,
    provider: Provider,
    now: datetime,
) -> Invited | Offered | NobodyWaits | NoName:
    """Mail an invited user a new link (the old one is void), or a user what waits for their agreement."""
    at = desk(db, organisation_id, provider)
    if at is None:
        return NoName()
    people = customers.people_of(db, organisation_id, [account_id])[account_id]
    person = next((one for one in people if one.user_id == user_id), None)
    user = users.by_id(db, organisation_id, user_id)
    if person is None or user is None:
        return NobodyWaits()
    match user.status:
        case Status.INVITED:
            mails.send_link(db, at, user, now)
            return Invited(user_id)
        case Status.ACTIVE if person.offered:
            account = accounts.find(db, organisation_id, account_id)
            mails.send_offer(db, at, user, account_id, account.name if account else "", now)
            return Offered(user_id)
        case _:
            return NobodyWaits()


def link_again(
    db: sqlite3.Connection, organisation_id: int, user_id: int, provider: Provider, now: datetime
) -> None:
    """Mail a new link to somebody whose link is over, if they are still invited."""
    user = users.by_id(db, organisation_id, user_id)
    at = desk(db, organisation_id, provider)
    if at and user and user.status is Status.INVITED:
        mails.send_link(db, at, user, now)

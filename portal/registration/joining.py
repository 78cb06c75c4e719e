"""Joining: the transaction in which a proved registration lets somebody in, or waits for an admin."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from portal import newcomer
from portal.desk import Desk, desk
from portal.invitation.mails import send_offer
from portal.mail import Provider, access, duties, of_provider, post_to_admins
from portal.newcomer import Door
from portal.sessions import NewSession
from store import accounts, audit, organisations, registrations, tokens, users
from store.audit import Entry
from store.hostname import Hostname
from store.invitations import AlreadyIn, IsSuspended, Offered
from store.registrations import Admission, Admitted, Applicant, Proof
from store.tokens import Gone, Purpose, Token

REGISTERED = "registration"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A good token, and the customer that it is about."""

    account_id: int
    reference: str
    name: str
    email: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Link:
    """A token as it stands in an address, with what it is for."""

    purpose: Purpose
    host: Hostname
    token: str


@dataclass(frozen=True, slots=True)
class Joins:
    """What somebody chose, and what lets them in; `approve`: an admin looks first."""

    name: str
    password_hash: str
    address: str
    approve: bool
    door: Door
    provider: Provider


@dataclass(frozen=True, slots=True)
class Waits:
    """An admin looks at it first."""


@dataclass(frozen=True, slots=True)
class IsUser:
    """The address signs in already: with their present password, and after they agreed."""


Joined = NewSession | Waits | IsUser


def look(db: sqlite3.Connection, organisation_id: int, link: Link, now: datetime) -> Claimed | Gone:
    """What a link is about; this spends nothing."""
    found = tokens.look(db, organisation_id, link.host, link.purpose, link.token, now)
    return _claimed(db, organisation_id, found)


def join(
    db: sqlite3.Connection, organisation_id: int, link: Link, joins: Joins, now: datetime
) -> Joined | Gone:
    """Spend a link, and let its holder in, or wait."""
    found = tokens.spend(db, organisation_id, link.host, link.purpose, link.token, now)
    claimed = _claimed(db, organisation_id, found)
    if isinstance(claimed, Gone):
        return claimed
    if claimed.proof is Proof.MAILED_INVOICE and not _spend_invoices(db, organisation_id, link, claimed, now):
        return Gone(found if isinstance(found, Token) else None)
    applicant = Applicant(claimed.account_id, claimed.email, joins.name, joins.password_hash, claimed.proof)
    _record(db, organisation_id, claimed, joins, now)
    if joins.approve:
        registrations.wait(db, organisation_id, applicant, now)
        _tell_admins(db, organisation_id, claimed, joins.provider, now)
        return Waits()
    admission = registrations.admit(db, organisation_id, applicant, now)
    tell(db, organisation_id, claimed.account_id, admission, joins.provider, now)
    if isinstance(admission, Admitted):
        new = joins.door.let_in(db, organisation_id, admission.user_id)
        assert new is not None
        return new
    return IsUser()


def tell(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    admission: Admission,
    provider: Provider,
    now: datetime,
) -> None:
    """Mail somebody that they are in, or that they must agree; others know already."""
    at, account = desk(db, organisation_id, provider), accounts.find(db, organisation_id, account_id)
    if at is None or account is None:
        return
    match admission:
        case Admitted(user_id):
            _send_ready(db, at, user_id, account.name, now)
        case Offered(user_id):
            user = users.by_id(db, organisation_id, user_id)
            assert user is not None
            send_offer(db, at, user, account_id, account.name, now)
        case AlreadyIn() | IsSuspended():
            return


def door(request: web.Request) -> Door:
    """What lets in who registers on this request."""
    return newcomer.door(request, REGISTERED)


def _claimed(db: sqlite3.Connection, organisation_id: int, found: Token | Gone) -> Claimed | Gone:
    if isinstance(found, Gone):
        return found
    account = accounts.find(db, organisation_id, found.claim.account_id or 0)
    if account is None:
        return Gone(found)
    proof = Proof(found.claim.detail.get("proof", Proof.MAILED_INVOICE))
    return Claimed(account.account_id, account.reference, account.name, found.claim.email, proof)


def _spend_invoices(
    db: sqlite3.Connection, organisation_id: int, link: Link, claimed: Claimed, now: datetime
) -> bool:
    """Void the other links that were mailed to this customer: one registration is what they prove.

    False: one of them was used already, so that a mail check that began with it proves nothing any more.
    """
    others = tokens.void_of_account(db, organisation_id, claimed.account_id, Purpose.REGISTRATION, now)
    return link.purpose is Purpose.REGISTRATION or others > 0


def _record(
    db: sqlite3.Connection, organisation_id: int, claimed: Claimed, joins: Joins, now: datetime
) -> None:
    entry = Entry(
        organisation_id=organisation_id,
        actor="customer",
        action="user.registered",
        object=f"account:{claimed.reference}",
        detail={"proof": claimed.proof.value, "waits": "yes" if joins.approve else "no"},
        address=joins.address,
        at=now,
    )
    audit.record(db, entry)


def _send_ready(db: sqlite3.Connection, at: Desk, user_id: int, account: str, now: datetime) -> None:
    user = users.by_id(db, at.organisation_id, user_id)
    assert user is not None
    letter = access.account_ready(at.head, account=account, email=user.email)
    at.send(db, letter, user.email, now, user_id=user_id)


def _tell_admins(
    db: sqlite3.Connection, organisation_id: int, claimed: Claimed, provider: Provider, now: datetime
) -> None:
    organisation = organisations.by_id(db, organisation_id)
    assert organisation is not None
    letter = duties.registration_waiting(
        of_provider(provider),
        organisation=organisation.name,
        account=f"{claimed.name} ({claimed.reference})",
        email=claimed.email,
        path=f"/organisations/{organisation.slug}/customers/approvals",
    )
    post_to_admins(db, organisation_id, provider, letter, now)

"""Deciding: an admin's yes or no to a registration or a change of details, with its audit and its mail."""

import sqlite3
from dataclasses import replace

from portal.desk import desk
from portal.invitation.inviting import NoName
from portal.mail import Provider, access, is_address, notices
from portal.profile.telling import tell_old_address
from portal.profile.words import asked_for
from portal.registration import joining
from store import accounts, audit, change_requests, registrations, users
from store.accounts import Account
from store.audit import Entry
from store.change_requests import Request
from store.registrations import Admitted, Refused, Registration


def registration(
    db: sqlite3.Connection,
    organisation_id: int,
    registration_id: int,
    approved: bool,
    provider: Provider,
    entry: Entry,
) -> bool | NoName:
    """Decide one that waits; False: none of this id waits here. Nothing is decided that could not be told."""
    if desk(db, organisation_id, provider) is None:
        return NoName()
    decided = registrations.decide(
        db, organisation_id, registration_id, approved=approved, actor=entry.actor, now=entry.at
    )
    if decided is None:
        return False
    found, outcome = decided.registration, decided.outcome
    audit.record(db, replace(entry, object=f"account:{found.reference}", detail=_subject(outcome)))
    if isinstance(outcome, Refused):
        _send_refusal(db, organisation_id, found, provider, entry)
    else:
        joining.tell(db, organisation_id, found.applicant.account_id, outcome, provider, entry.at)
    return True


def details(
    db: sqlite3.Connection,
    organisation_id: int,
    request_id: int,
    approved: bool,
    provider: Provider,
    entry: Entry,
) -> bool:
    """Decide one that waits; False: none of this id waits here."""
    before = _account_of(db, organisation_id, request_id)
    decided = change_requests.decide(
        db,
        organisation_id,
        request_id,
        approved=approved,
        actor=entry.actor,
        address=entry.address,
        now=entry.at,
    )
    if decided is None:
        return False
    found = decided.request
    detail = {"fields": ", ".join(found.changes)}
    audit.record(db, replace(entry, object=f"account:{found.reference}", detail=detail))
    _send_decision(db, organisation_id, found, approved, provider, entry)
    if approved and before and "email" in found.changes:
        tell_old_address(db, organisation_id, before, found.changes["email"].wanted, provider, entry.at)
    return True


def _account_of(db: sqlite3.Connection, organisation_id: int, request_id: int) -> Account | None:
    """The customer of a change that waits, as they are before it is decided."""
    waits = change_requests.by_id(db, organisation_id, request_id)
    return accounts.find(db, organisation_id, waits.account_id) if waits else None


def _subject(outcome: object) -> dict[str, str]:
    return {"user": str(outcome.user_id)} if isinstance(outcome, Admitted) else {}


def _send_refusal(
    db: sqlite3.Connection, organisation_id: int, found: Registration, provider: Provider, entry: Entry
) -> None:
    at = desk(db, organisation_id, provider)
    assert at is not None
    applicant = found.applicant
    letter = access.registration_refused(at.head)
    at.send(db, letter, applicant.email, entry.at, account_id=applicant.account_id)


def _send_decision(
    db: sqlite3.Connection,
    organisation_id: int,
    found: Request,
    approved: bool,
    provider: Provider,
    entry: Entry,
) -> None:
    at, user = desk(db, organisation_id, provider), users.by_id(db, organisation_id, found.user_id)
    if at is None or user is None or not is_address(user.email):
        return
    letter = notices.details_decided(
        at.head,
        approved=approved,
        account=found.account_name,
        changes=asked_for(found.changes),
        path="/profile",
    )
    at.send(db, letter, user.email, entry.at, user_id=user.id, account_id=found.account_id)

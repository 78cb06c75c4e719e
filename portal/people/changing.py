"""Changing who has access: one transaction each, in which it is looked at again who may, and the mails are queued."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.desk import Desk, desk
from portal.invitation import inviting
from portal.invitation.inviting import NoName
from portal.mail import Letter, Letterhead, Provider, is_address
from portal.people import mails
from portal.people.listing import MOST, Colleague, colleagues, find, is_last
from portal.people.mails import Deed, Told
from store import audit, memberships, users
from store.audit import Entry
from store.invitations import AlreadyIn, Invited, IsSuspended, Offered
from store.invitations import Person as Guest
from store.users import NoSuchAccount, Role


@dataclass(frozen=True, slots=True)
class Acting:
    """Who changes the people of which customer, from where and when."""

    user_id: int
    email: str
    account_id: int
    reference: str
    account: str
    address: str
    provider: Provider
    now: datetime

    def entry(self, organisation_id: int, action: str, user_id: int, **detail: str) -> Entry:
        """What the audit says of it."""
        told = {"account": self.reference} | detail
        actor = f"user:{self.user_id}"
        return Entry(organisation_id, actor, action, f"user:{user_id}", told, self.address, self.now)


@dataclass(frozen=True, slots=True)
class Done:
    """It stands."""


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """Who asks may not say who has access, or not any more."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """The customer has nobody of this id."""


@dataclass(frozen=True, slots=True)
class LastOne:
    """Nobody would be left who may say who has access."""


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """The organisation has suspended this sign-in: what becomes of it is its own to say."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """The customer has as many people as it may."""


Outcome = Done | NotAllowed | NotThere | LastOne | OutOfReach
Asked = Done | NotAllowed | AlreadyIn | NoName | TooMany


def may_invite(db: sqlite3.Connection, organisation_id: int, acting: Acting, email: str) -> Asked:
    """What can be said at once of asking somebody in: nothing of it hangs on who else knows the address."""
    found = colleagues(db, organisation_id, acting.account_id)
    known = next((one for one in found if one.email == users.canonical_email(email)), None)
    if not _may(found, acting):
        return NotAllowed()
    if known is not None and not known.waits:
        return AlreadyIn(known.user_id)
    if known is None and len(found) >= MOST:
        return TooMany()
    return Done() if desk(db, organisation_id, acting.provider) else NoName()


def invite(db: sqlite3.Connection, organisation_id: int, acting: Acting, guest: Guest) -> Asked:
    """Ask somebody in: who is new, and who is a user of another customer, suspended or not."""
    allowed = may_invite(db, organisation_id, acting, guest.email)
    if not isinstance(allowed, Done):
        return allowed
    found = colleagues(db, organisation_id, acting.account_id)
    outcome = inviting.invite(db, organisation_id, acting.account_id, guest, acting.provider, acting.now)
    match outcome:
        case AlreadyIn() | NoName():
            return outcome
        case NoSuchAccount():
            return NotAllowed()
        case IsSuspended(user_id):
            memberships.offer(
                db, organisation_id, user_id, acting.account_id, guest.role, acting.now
            )  # kept for when they are let in again, so that the list looks as for everybody else
            action = "user.offered"
        case Offered():
            action = "user.offered"
        case Invited():
            action = "user.invited"
    audit.record(db, acting.entry(organisation_id, action, outcome.user_id, role=guest.role.value))
    told = Told(Deed.INVITED, users.canonical_email(guest.email), guest.role)
    _tell_others(db, organisation_id, acting, found, told)
    return Done()


def invite_again(
    db: sqlite3.Connection, organisation_id: int, acting: Acting, user_id: int
) -> Outcome | NoName:
    """Send an invitation once more."""
    found = colleagues(db, organisation_id, acting.account_id)
    one = find(found, user_id)
    if not _may(found, acting):
        return NotAllowed()
    if one is None or not one.waits:
        return NotThere()
    sent = inviting.send_again(db, organisation_id, acting.account_id, user_id, acting.provider, acting.now)
    if isinstance(sent, NoName):
        return sent
    audit.record(db, acting.entry(organisation_id, "user.invited_again", user_id))
    return Done()


def set_role(
    db: sqlite3.Connection, organisation_id: int, acting: Acting, user_id: int, role: Role
) -> Outcome:
    """Say what somebody may do."""
    found = colleagues(db, organisation_id, acting.account_id)
    one = _reached(found, acting, user_id)
    if not isinstance(one, Colleague):
        return one
    if one.role is role:
        return Done()
    if role is not Role.FULL and is_last(found, one):
        return LastOne()
    memberships.set_role(db, organisation_id, user_id, acting.account_id, role)
    audit.record(db, acting.entry(organisation_id, "user.role_changed", user_id, role=role.value))

    def letter(head: Letterhead) -> Letter:
        return mails.role_changed(head, acting.account, acting.email, role)

    _tell(db, organisation_id, acting, one, letter)
    _tell_others(db, organisation_id, acting, found, Told(Deed.CHANGED, one.email, role))
    return Done()


def remove(db: sqlite3.Connection, organisation_id: int, acting: Acting, user_id: int) -> Outcome:
    """Take somebody's access away; it is gone with their next request."""
    found = colleagues(db, organisation_id, acting.account_id)
    one = _reached(found, acting, user_id)
    if not isinstance(one, Colleague):
        return one
    if is_last(found, one):
        return LastOne()

    def letter(head: Letterhead) -> Letter:
        return mails.removed(head, acting.account, acting.email)

    _tell(db, organisation_id, acting, one, letter)
    memberships.remove(db, organisation_id, user_id, acting.account_id)
    audit.record(db, acting.entry(organisation_id, "user.removed", user_id))
    _tell_others(db, organisation_id, acting, found, Told(Deed.REMOVED, one.email, one.role))
    return Done()


def _may(found: list[Colleague], acting: Acting) -> bool:
    """Looked at again here: two who demote each other at once do not both."""
    one = find(found, acting.user_id)
    return one is not None and one.leads


def _reached(
    found: list[Colleague], acting: Acting, user_id: int
) -> Colleague | NotAllowed | NotThere | OutOfReach:
    one = find(found, user_id)
    if not _may(found, acting):
        return NotAllowed()
    if one is None:
        return NotThere()
    return OutOfReach() if one.suspended else one


def _tell(
    db: sqlite3.Connection,
    organisation_id: int,
    acting: Acting,
    one: Colleague,
    letter: Callable[[Letterhead], Letter],
) -> None:
    """Who has accepted hears what was changed for them; who has not was told nothing yet."""
    at = desk(db, organisation_id, acting.provider)
    if at and not one.waits and one.user_id != acting.user_id:
        _send(db, at, acting, one, letter(at.head))


def _tell_others(
    db: sqlite3.Connection, organisation_id: int, acting: Acting, found: list[Colleague], told: Told
) -> None:
    """The others of full access hear of it."""
    at = desk(db, organisation_id, acting.provider)
    if at is None:
        return
    letter = mails.told(at.head, acting.account, acting.email, told)
    for other in found:
        if other.leads and other.user_id != acting.user_id and other.email != told.who:
            _send(db, at, acting, other, letter)


def _send(db: sqlite3.Connection, at: Desk, acting: Acting, to: Colleague, letter: Letter) -> None:
    if is_address(to.email):
        at.send(db, letter, to.email, acting.now, user_id=to.user_id, account_id=acting.account_id)

"""Asking somebody in, and once more: one transaction each, in which it is looked at again who may."""

import sqlite3

from portal.desk import desk
from portal.invitation import inviting
from portal.invitation.inviting import NoName
from portal.people.acting import Acting, Asked, Done, NotAllowed, NotThere, Outcome, TooMany, may, tell_others
from portal.people.listing import MOST, colleagues, find
from portal.people.mails import Deed, Told
from store import audit, memberships, users
from store.invitations import AlreadyIn, Invited, IsSuspended, Offered
from store.invitations import Person as Guest
from store.users import NoSuchAccount


def may_invite(db: sqlite3.Connection, organisation_id: int, acting: Acting, email: str) -> Asked:
    """What can be said at once of asking somebody in: nothing of it hangs on who else knows the address."""
    found = colleagues(db, organisation_id, acting.account_id)
    known = next((one for one in found if one.email == users.canonical_email(email)), None)
    if not may(found, acting):
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
    tell_others(db, organisation_id, acting, found, told)
    return Done()


def invite_again(
    db: sqlite3.Connection, organisation_id: int, acting: Acting, user_id: int
) -> Outcome | NoName:
    """Send an invitation once more."""
    found = colleagues(db, organisation_id, acting.account_id)
    one = find(found, user_id)
    if not may(found, acting):
        return NotAllowed()
    if one is None or not one.waits:
        return NotThere()
    sent = inviting.send_again(db, organisation_id, acting.account_id, user_id, acting.provider, acting.now)
    if isinstance(sent, NoName):
        return sent
    audit.record(db, acting.entry(organisation_id, "user.invited_again", user_id))
    return Done()

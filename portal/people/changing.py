"""Changing what somebody may do, and ending it: one transaction each, in which it is looked at again who may."""

import sqlite3

from portal.mail import Letter, Letterhead
from portal.people import mails
from portal.people.acting import Acting, Done, LastOne, Outcome, reached, tell, tell_others
from portal.people.listing import Colleague, colleagues, is_last
from portal.people.mails import Deed, Told
from store import audit, memberships
from store.users import Role


def set_role(
    db: sqlite3.Connection, organisation_id: int, acting: Acting, user_id: int, role: Role
) -> Outcome:
    """Say what somebody may do."""
    found = colleagues(db, organisation_id, acting.account_id)
    one = reached(found, acting, user_id)
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

    tell(db, organisation_id, acting, one, letter)
    tell_others(db, organisation_id, acting, found, Told(Deed.CHANGED, one.email, role))
    return Done()


def remove(db: sqlite3.Connection, organisation_id: int, acting: Acting, user_id: int) -> Outcome:
    """Take somebody's access away; it is gone with their next request."""
    found = colleagues(db, organisation_id, acting.account_id)
    one = reached(found, acting, user_id)
    if not isinstance(one, Colleague):
        return one
    if is_last(found, one):
        return LastOne()

    def letter(head: Letterhead) -> Letter:
        return mails.removed(head, acting.account, acting.email)

    tell(db, organisation_id, acting, one, letter)
    memberships.remove(db, organisation_id, user_id, acting.account_id)
    audit.record(db, acting.entry(organisation_id, "user.removed", user_id))
    tell_others(db, organisation_id, acting, found, Told(Deed.REMOVED, one.email, one.role))
    return Done()

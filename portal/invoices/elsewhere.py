"""Elsewhere: an invoice of another customer of the same user: which one, so that they may go there."""

import sqlite3

from portal.visit import Visit
from store import invoices
from store.users import Membership


def membership_of(db: sqlite3.Connection, visit: Visit, public_id: str) -> Membership | None:
    """The account, of those open to the user, that has this invoice; None: nobody's that they may see."""
    for member in visit.memberships:
        if member.account_id != visit.account_id and invoices.find(
            db, visit.organisation_id, member.account_id, public_id
        ):
            return member
    return None

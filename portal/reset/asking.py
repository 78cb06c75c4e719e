"""Asking for a new password: a mail goes to who is a user, nothing to anybody else; the answer waits for neither."""

import sqlite3
from datetime import datetime

from portal.desk import Desk, desk
from portal.invitation.mails import send_link
from portal.mail import Provider, access, is_address
from store import users
from store.tokens import LIFETIMES, Claim, Purpose
from store.users import Status, User


def send(db: sqlite3.Connection, organisation_id: int, email: str, provider: Provider, now: datetime) -> None:
    """Mail a link to the active user of this address; to an invited one, who has no password, their invitation."""
    user, at = users.by_email(db, organisation_id, email), desk(db, organisation_id, provider)
    if user is None or at is None or not is_address(user.email):
        return
    match user.status:
        case Status.ACTIVE:
            _send_reset(db, at, user, now)
        case Status.INVITED:
            send_link(db, at, user, now)
        case Status.SUSPENDED:
            return


def _send_reset(db: sqlite3.Connection, at: Desk, user: User, now: datetime) -> None:
    claim = Claim(purpose=Purpose.RESET, host=at.host, user_id=user.id, email=user.email)
    lifetime = LIFETIMES[Purpose.RESET]
    token = at.issue(db, claim, now)
    letter = access.reset(
        at.head, path=f"/reset/{token}", secret=token, minutes=int(lifetime.total_seconds() // 60)
    )
    at.send(db, letter, user.email, now, user_id=user.id, lifetime=lifetime)

"""The mails of invitations: a link for who is new, a word to who is a user and must agree."""

import sqlite3
from datetime import datetime

from portal.desk import Desk, whole_days
from portal.mail import Content, Letter, Letterhead, Link, access
from portal.mail.letter import render
from portal.mail.plain import one_line
from store import users
from store.outbox import Purpose
from store.tokens import LIFETIMES, Claim
from store.tokens import Purpose as TokenPurpose
from store.users import User

OFFERS = "/invitations"


def send_link(db: sqlite3.Connection, desk: Desk, user: User, now: datetime) -> int:
    """Mail an invited user a new link; the links before are void."""
    claim = Claim(purpose=TokenPurpose.INVITATION, host=desk.host, user_id=user.id, email=user.email)
    token = desk.issue(db, claim, now)
    accounts = [member.name for member in users.memberships(db, desk.organisation_id, user.id)]
    letter = access.invitation(
        desk.head,
        account=", ".join(accounts) or desk.portal.name,
        path=f"/invitation/{token}",
        secret=token,
        days=whole_days(claim),
    )
    return desk.send(db, letter, user.email, now, user_id=user.id, lifetime=LIFETIMES[claim.purpose])


def send_offer(
    db: sqlite3.Connection, desk: Desk, user: User, account_id: int, account: str, now: datetime
) -> int:
    """Tell a user that one more customer waits for their agreement."""
    letter = offer(desk.head, account=account)
    return desk.send(db, letter, user.email, now, user_id=user.id, account_id=account_id)


def offer(head: Letterhead, *, account: str) -> Letter:
    """To a user: one more customer is open to them once they agree, signed in."""
    name = one_line(account)
    content = Content(
        subject=f"One more account for you at {head.name}",
        title="One more account for you",
        paragraphs=(
            f"{head.name} would like to open {name} to you, beside what you see already.",
            "Sign in as you always do and say whether you want it. Nothing is opened before.",
        ),
        action=Link("Sign in and decide", head.url(OFFERS)),
        notes=("If you did not expect this, sign in and turn it down, or let it be.",),
    )
    return render(head, Purpose.INVITATION, content)

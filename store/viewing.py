"""Viewing: staff look at an organisation's portal as one of its customers does: to look, never to change.

It begins by a hand-off of a minute, ends a quarter of an hour later whatever happens, and both are written in
the organisation's audit, in the transaction that does it.
"""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from store import audit, sessions, staff, tokens
from store.audit import Entry
from store.hostname import Hostname
from store.sessions import Session
from store.staff import Member, Role
from store.tokens import Claim, Purpose, Token
from store.users import Membership
from store.users import Role as Rights

LASTS = timedelta(minutes=15)
BEGUN = "viewing.begun"
ENDED = "viewing.ended"


class How(StrEnum):
    """How it ended."""

    ASKED = "asked"
    OVER = "over"
    """Its quarter of an hour was."""
    REPLACED = "replaced"
    """By another one in the same browser."""
    SIGNED_OUT = "signed_out"
    """With all sessions of who looked."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The member of staff who looks."""

    staff_id: int
    email: str


@dataclass(frozen=True, slots=True)
class HandOff:
    """What a good token hands over: who may look at what."""

    viewer: Viewer
    account: Membership


def account(db: sqlite3.Connection, organisation_id: int, reference: str) -> Membership | None:
    """The customer of this reference, to be looked at as they do."""
    row = db.execute(
        "SELECT id FROM accounts WHERE organisation_id = :organisation_id AND reference = :reference",
        {"organisation_id": organisation_id, "reference": reference},
    ).fetchone()
    return _membership(db, organisation_id, row["id"]) if row else None


def hand_off(
    db: sqlite3.Connection,
    organisation_id: int,
    host: Hostname,
    staff_id: int,
    account_id: int,
    now: datetime,
) -> str:
    """A token that begins it on that host; good once, for a minute."""
    claim = Claim(purpose=Purpose.VIEW_AS, host=host, staff_id=staff_id, account_id=account_id)
    return tokens.issue(db, organisation_id, claim, now)


def look(
    db: sqlite3.Connection, organisation_id: int, host: Hostname, token: str, now: datetime
) -> HandOff | None:
    """What a token hands over, while it does; this does not spend it."""
    return _handed(db, organisation_id, tokens.look(db, organisation_id, host, Purpose.VIEW_AS, token, now))


def begin(
    db: sqlite3.Connection, organisation_id: int, token: str, session: Session, replaced: bytes | None
) -> HandOff | None:
    """Spend a token for a new session of its viewer, in place of another one; None: it is good for nothing."""
    now, host = session.created_at, session.host
    spent = tokens.spend(db, organisation_id, host, Purpose.VIEW_AS, token, now)
    handed = _handed(db, organisation_id, spent)
    if handed is None or handed.viewer.staff_id != session.staff_id:
        return None
    if replaced:
        _replace(db, organisation_id, replaced, now)
    kept = replace(
        session,
        organisation_id=organisation_id,
        chosen_account_id=handed.account.account_id,
        expires_at=now + LASTS,
        proved_at=None,
        read_only=True,
    )
    sessions.add(db, kept)
    detail = {"minutes": str(LASTS // timedelta(minutes=1))}
    audit.record(db, _entry(organisation_id, kept, handed.account.reference, BEGUN, now, detail))
    return handed


def seen_by(db: sqlite3.Connection, organisation_id: int, session: Session) -> HandOff | None:
    """Who looks at what by a session now; None: they may no longer, or there is nothing to see any more."""
    viewer = _viewer(db, organisation_id, session.staff_id)
    account = _membership(db, organisation_id, session.chosen_account_id)
    return HandOff(viewer, account) if viewer and account else None


def end(db: sqlite3.Connection, organisation_id: int, session: Session, how: How, now: datetime) -> None:
    """End it, and write that down."""
    row = db.execute(
        "SELECT reference FROM accounts WHERE organisation_id = :organisation_id AND id = :account_id",
        {"organisation_id": organisation_id, "account_id": session.chosen_account_id},
    ).fetchone()
    sessions.remove(db, session.token_hash)
    reference = row["reference"] if row else ""
    audit.record(db, _entry(organisation_id, session, reference, ENDED, now, {"how": how}))


def _handed(db: sqlite3.Connection, organisation_id: int, token: object) -> HandOff | None:
    if not isinstance(token, Token):
        return None
    viewer = _viewer(db, organisation_id, token.claim.staff_id)
    account = _membership(db, organisation_id, token.claim.account_id)
    return HandOff(viewer, account) if viewer and account else None


def _viewer(db: sqlite3.Connection, organisation_id: int, staff_id: int | None) -> Viewer | None:
    member = staff.by_id(db, staff_id) if staff_id is not None else None
    return Viewer(member.id, member.email) if member and _may_see(member, organisation_id) else None


def _may_see(member: Member, organisation_id: int) -> bool:
    return member.role is Role.OPERATOR or member.organisation_id == organisation_id


def _membership(db: sqlite3.Connection, organisation_id: int, account_id: int | None) -> Membership | None:
    row = db.execute(
        "SELECT account_id, reference, name FROM visible_accounts"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return Membership(row["account_id"], row["reference"], row["name"], Rights.READ) if row else None


def _replace(db: sqlite3.Connection, organisation_id: int, replaced: bytes, now: datetime) -> None:
    before = sessions.find(db, replaced, now)
    if before and before.read_only and before.organisation_id == organisation_id:
        end(db, organisation_id, before, How.REPLACED, now)
    else:
        sessions.remove(db, replaced)


def _entry(
    organisation_id: int, session: Session, reference: str, action: str, at: datetime, detail: dict[str, str]
) -> Entry:
    actor, subject = f"staff:{session.staff_id}", f"account:{reference}"
    return Entry(organisation_id, actor, action, subject, detail, session.address, at)

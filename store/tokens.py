"""Tokens: one-time links. A token is 256 random bits that only its mail knows; the store keeps a hash.

The hash is of purpose, organisation, host and token, so that a token is nothing for another purpose, at
another organisation or on another host. Looking spends nothing: what opens links in mails before people do
cannot use them up. What is over is remembered for a while, so that its link can say what to do.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from store.hostname import Hostname
from store.instants import from_ms, maybe_instant, to_ms


class Purpose(StrEnum):
    """What a token lets its holder do."""

    INVITATION = "invitation"
    REGISTRATION = "registration"
    MAIL_CHECK = "mail_check"
    RESET = "reset"
    SIGN_IN = "sign_in"
    VIEW_AS = "view_as"
    ADDRESS = "address"
    """Sign in with another address from now on."""
    ADDRESS_BACK = "address_back"
    """Sign in with the address before again."""


LIFETIMES = {
    Purpose.INVITATION: timedelta(days=7),
    Purpose.REGISTRATION: timedelta(days=60),
    Purpose.MAIL_CHECK: timedelta(hours=24),
    Purpose.RESET: timedelta(minutes=30),
    Purpose.SIGN_IN: timedelta(minutes=10),
    Purpose.VIEW_AS: timedelta(seconds=60),
    Purpose.ADDRESS: timedelta(hours=1),
    Purpose.ADDRESS_BACK: timedelta(days=7),
}
ONE_OF_A_USER = frozenset({Purpose.INVITATION, Purpose.RESET, Purpose.SIGN_IN, Purpose.ADDRESS})
"""A new token of these voids the older ones of its user; of a mail check, those of its address and account."""
REMEMBERED = timedelta(days=30)
"""How long a token that is over is still known as one that was good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a token is for: on which host, and whom and what it concerns."""

    purpose: Purpose
    host: Hostname
    user_id: int | None = None
    account_id: int | None = None
    staff_id: int | None = None
    email: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is, or was, good; `claim` is what it was issued for."""

    claim: Claim
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Gone:
    """No good token: it is over (`was`), or there never was such a one here (None)."""

    was: Token | None


def issue(
    db: sqlite3.Connection, organisation_id: int, claim: Claim, now: datetime, *, token: str = ""
) -> str:
    """A new token, for its mail alone; the older ones that it takes the place of are void.

    `token`: one of 256 random bits that somebody has already, such as a browser in its cookie.
    """
    _void_older(db, organisation_id, claim, now)
    token = token or secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO tokens (token_hash, purpose, organisation_id, host, user_id, account_id, staff_id, email,"
        " detail, created_at, expires_at) VALUES (:hash, :purpose, :organisation_id, :host, :user_id,"
        " :account_id, :staff_id, :email, :detail, :now, :expires_at)",
        {
            "hash": _hash(organisation_id, claim.host, claim.purpose, token),
            "purpose": claim.purpose,
            "organisation_id": organisation_id,
            "host": claim.host,
            "user_id": claim.user_id,
            "account_id": claim.account_id,
            "staff_id": claim.staff_id,
            "email": claim.email,
            "detail": json.dumps(dict(claim.detail)),
            "now": to_ms(now),
            "expires_at": to_ms(now + LIFETIMES[claim.purpose]),
        },
    )
    return token


def look(
    db: sqlite3.Connection, organisation_id: int, host: Hostname, purpose: Purpose, token: str, now: datetime
) -> Token | Gone:
    """What a token is for; this does not spend it."""
    row = db.execute(
        f"{_SELECT} WHERE token_hash = :hash AND organisation_id = :organisation_id",
        {"hash": _hash(organisation_id, host, purpose, token), "organisation_id": organisation_id},
    ).fetchone()
    if row is None:
        return Gone(None)
    found = _token(row)
    return found if found.used_at is None and now < found.expires_at else Gone(found)


def spend(
    db: sqlite3.Connection, organisation_id: int, host: Hostname, purpose: Purpose, token: str, now: datetime
) -> Token | Gone:
    """Use a token up, in the transaction that does what it lets its holder do."""
    found = look(db, organisation_id, host, purpose, token, now)
    if isinstance(found, Token):
        db.execute(
            "UPDATE tokens SET used_at = :now WHERE token_hash = :hash AND organisation_id = :organisation_id",
            {
                "now": to_ms(now),
                "hash": _hash(organisation_id, host, purpose, token),
                "organisation_id": organisation_id,
            },
        )
    return found


def set_detail(
    db: sqlite3.Connection,
    organisation_id: int,
    host: Hostname,
    purpose: Purpose,
    token: str,
    detail: Mapping[str, str],
) -> None:
    """Keep other detail with a token."""
    db.execute(
        "UPDATE tokens SET detail = :detail WHERE token_hash = :hash AND organisation_id = :organisation_id",
        {
            "detail": json.dumps(dict(detail)),
            "hash": _hash(organisation_id, host, purpose, token),
            "organisation_id": organisation_id,
        },
    )


def void_of_user(
    db: sqlite3.Connection, organisation_id: int, user_id: int, purpose: Purpose, now: datetime
) -> int:
    """Make the good tokens of a user and purpose void; how many."""
    return _void(db, organisation_id, purpose, now, user_id=user_id)


def void_of_account(
    db: sqlite3.Connection, organisation_id: int, account_id: int, purpose: Purpose, now: datetime
) -> int:
    """Make the good tokens of an account and purpose void; how many."""
    return _void(db, organisation_id, purpose, now, account_id=account_id)


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out a few hundred tokens that were over long ago; how many."""
    return db.execute(
        "DELETE FROM tokens WHERE token_hash IN"
        " (SELECT token_hash FROM tokens WHERE expires_at <= :at ORDER BY expires_at LIMIT 500)",
        {"at": to_ms(now - REMEMBERED)},
    ).rowcount


_SELECT = (
    "SELECT purpose, host, user_id, account_id, staff_id, email, detail, created_at, expires_at, used_at"
    " FROM tokens"
)


def _hash(organisation_id: int, host: Hostname, purpose: Purpose, token: str) -> bytes:
    text = "\0".join((purpose, str(organisation_id), host, token))
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def _void_older(db: sqlite3.Connection, organisation_id: int, claim: Claim, now: datetime) -> None:
    if claim.purpose in ONE_OF_A_USER and claim.user_id is not None:
        void_of_user(db, organisation_id, claim.user_id, claim.purpose, now)
    elif claim.purpose is Purpose.MAIL_CHECK:
        _void(db, organisation_id, claim.purpose, now, account_id=claim.account_id, email=claim.email)


def _void(
    db: sqlite3.Connection, organisation_id: int, purpose: Purpose, now: datetime, **subject: object
) -> int:
    chosen = "".join(f" AND {column} IS :{column}" for column in subject)
    return db.execute(
        f"UPDATE tokens SET used_at = :now WHERE organisation_id = :organisation_id AND purpose = :purpose"
        f"{chosen} AND used_at IS NULL",
        {"organisation_id": organisation_id, "purpose": purpose, "now": to_ms(now), **subject},
    ).rowcount


def _token(row: sqlite3.Row) -> Token:
    claim = Claim(
        purpose=Purpose(row["purpose"]),
        host=Hostname(row["host"]),
        user_id=row["user_id"],
        account_id=row["account_id"],
        staff_id=row["staff_id"],
        email=row["email"],
        detail=json.loads(row["detail"]),
    )
    return Token(claim, from_ms(row["created_at"]), from_ms(row["expires_at"]), maybe_instant(row["used_at"]))

"""API tokens: what a program shows to act for an organisation; kept as a hash, shown once.

A token is `bp_<id>_<256 bit>`. Unknown, revoked and expired ones are the same None.
"""

import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from store.instants import from_ms, maybe_instant, maybe_ms, to_ms

SCOPES = {
    "customers:read": "Read customers",
    "customers:write": "Add and change customers",
    "invoices:read": "Read invoices with their lines",
    "invoices:write": "Add and change invoices with their lines",
    "payments:read": "Read payments, what they settle, and mandates",
    "payments:write": "Add and change payments, what they settle, and mandates",
    "calls:read": "Read calls",
    "calls:write": "Add calls",
    "documents:read": "Read the PDFs of invoices",
    "documents:write": "Add the PDFs of invoices",
    "edits:read": "Read what customers changed themselves",
    "batches:read": "See what was brought in",
    "batches:write": "Publish and withdraw what was brought in",
    "registration:write": "Make the line that invites a customer to register",
}
"""What a token may be allowed to do, in words."""
MAX_NAME = 100
USE_IS_KEPT = timedelta(minutes=1)
"""The last use is written at most this often."""
_TOKEN = re.compile(r"bp_([1-9][0-9]{0,17})_[A-Za-z0-9_-]{43}\Z")
_NOBODYS = sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token without its secret."""

    id: int
    organisation_id: int
    name: str
    scopes: frozenset[str]
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def use_is_due(self, now: datetime) -> bool:
        """Whether its last use is to be written down again."""
        return self.used_at is None or now - self.used_at >= USE_IS_KEPT


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a token is to be; `made_by` as in the audit: staff:3, cli."""

    name: str
    scopes: frozenset[str]
    expires_at: datetime | None
    made_by: str


@dataclass(frozen=True, slots=True)
class Made:
    """A token just made, with its only showing."""

    token: ApiToken
    secret: str


def make(db: sqlite3.Connection, organisation_id: int, new: NewToken, now: datetime) -> Made:
    """Make a token; its secret is in the answer and nowhere else."""
    row = db.execute(
        "INSERT INTO api_tokens (organisation_id, name, token_hash, scopes, made_by, created_at, expires_at)"
        " VALUES (:organisation, :name, x'', :scopes, :made_by, :now, :expires_at) RETURNING *",
        {
            "organisation": organisation_id,
            "name": new.name,
            "scopes": " ".join(in_order(new.scopes)),
            "made_by": new.made_by,
            "now": to_ms(now),
            "expires_at": maybe_ms(new.expires_at),
        },
    ).fetchone()
    secret = f"bp_{row['id']}_{secrets.token_urlsafe(32)}"
    db.execute(
        "UPDATE api_tokens SET token_hash = :hash WHERE organisation_id = :organisation AND id = :id",
        {"hash": _hash(secret), "organisation": organisation_id, "id": row["id"]},
    )
    return Made(_token(row), secret)


def find(db: sqlite3.Connection, presented: str, now: datetime) -> ApiToken | None:
    """The token that was shown, if it is good; whose it is decides the organisation."""
    match = _TOKEN.match(presented)
    row = (
        db.execute("SELECT * FROM api_tokens WHERE id = :id", {"id": int(match[1])}).fetchone()
        if match
        else None
    )
    kept = row["token_hash"] if row else _NOBODYS
    same = hmac.compare_digest(kept, _hash(presented))
    token = _token(row) if row and same else None
    return token if token and token.is_good(now) else None


def of_organisation(db: sqlite3.Connection, organisation_id: int) -> list[ApiToken]:
    """An organisation's tokens, the newest first, revoked ones too."""
    rows = db.execute(
        "SELECT * FROM api_tokens WHERE organisation_id = :organisation ORDER BY id DESC",
        {"organisation": organisation_id},
    )
    return [_token(row) for row in rows]


def by_id(db: sqlite3.Connection, organisation_id: int, token_id: int) -> ApiToken | None:
    """The organisation's token of this id."""
    row = db.execute(
        "SELECT * FROM api_tokens WHERE organisation_id = :organisation AND id = :id",
        {"organisation": organisation_id, "id": token_id},
    ).fetchone()
    return _token(row) if row else None


def revoke(db: sqlite3.Connection, organisation_id: int, token_id: int, now: datetime) -> bool:
    """From here on the token opens nothing; False when there is none of this id, or it was revoked."""
    changed = db.execute(
        "UPDATE api_tokens SET revoked_at = :now"
        " WHERE organisation_id = :organisation AND id = :id AND revoked_at IS NULL",
        {"now": to_ms(now), "organisation": organisation_id, "id": token_id},
    )
    return changed.rowcount == 1


def note_use(db: sqlite3.Connection, organisation_id: int, token_id: int, now: datetime) -> None:
    """Keep when a token was last used."""
    db.execute(
        "UPDATE api_tokens SET used_at = :now WHERE organisation_id = :organisation AND id = :id",
        {"now": to_ms(now), "organisation": organisation_id, "id": token_id},
    )


def in_order(scopes: Iterable[str]) -> list[str]:
    """Scopes as they are listed everywhere; unknown ones are left out."""
    wanted = set(scopes)
    return [scope for scope in SCOPES if scope in wanted]


def _hash(presented: str) -> bytes:
    return sha256(presented.encode("utf-8", "surrogateescape")).digest()


def _token(row: sqlite3.Row) -> ApiToken:
    return ApiToken(
        id=row["id"],
        organisation_id=row["organisation_id"],
        name=row["name"],
        scopes=frozenset(row["scopes"].split()),
        made_by=row["made_by"],
        created_at=from_ms(row["created_at"]),
        expires_at=maybe_instant(row["expires_at"]),
        used_at=maybe_instant(row["used_at"]),
        revoked_at=maybe_instant(row["revoked_at"]),
    )

"""Senders: the address that an organisation's mails are from, and the proof that its domain is theirs to use."""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.instants import maybe_instant, to_ms


@dataclass(frozen=True, slots=True)
class Sender:
    """`mail_from` is used once it is verified; `token` is what the TXT record must hold."""

    mail_from: str
    reply_to: str
    token: str
    verified_at: datetime | None

    @property
    def domain(self) -> str:
        """The domain of the address; empty where there is none."""
        return domain_of(self.mail_from)


def domain_of(address: str) -> str:
    """What follows the @, as names are compared."""
    return address.rpartition("@")[2].lower()


def find(db: sqlite3.Connection, organisation_id: int) -> Sender:
    """The organisation's sender, as it was set."""
    row = db.execute(
        "SELECT mail_from, mail_reply_to, mail_from_token, mail_from_verified_at FROM portals"
        " WHERE organisation_id = :organisation_id",
        {"organisation_id": organisation_id},
    ).fetchone()
    return Sender(
        row["mail_from"],
        row["mail_reply_to"],
        row["mail_from_token"],
        maybe_instant(row["mail_from_verified_at"]),
    )


def save(db: sqlite3.Connection, organisation_id: int, mail_from: str, reply_to: str, now: datetime) -> None:
    """Set the addresses; another domain must be verified anew, with a token of its own."""
    known = find(db, organisation_id)
    same = known.domain == domain_of(mail_from) and known.token != ""
    db.execute(
        "UPDATE portals SET mail_from = :mail_from, mail_reply_to = :reply_to, updated_at = :now,"
        " mail_from_token = CASE WHEN :same THEN mail_from_token ELSE :token END,"
        " mail_from_verified_at = CASE WHEN :same THEN mail_from_verified_at END"
        " WHERE organisation_id = :organisation_id",
        {
            "organisation_id": organisation_id,
            "mail_from": mail_from,
            "reply_to": reply_to,
            "same": same,
            "token": secrets.token_hex(16) if mail_from else "",
            "now": to_ms(now),
        },
    )


def verify(db: sqlite3.Connection, organisation_id: int, token: str, now: datetime) -> bool:
    """Keep that the record was seen; False where another domain was set meanwhile."""
    changed = db.execute(
        "UPDATE portals SET mail_from_verified_at = :now, updated_at = :now"
        " WHERE organisation_id = :organisation_id AND mail_from_token = :token AND mail_from_token <> ''",
        {"organisation_id": organisation_id, "token": token, "now": to_ms(now)},
    )
    return changed.rowcount > 0

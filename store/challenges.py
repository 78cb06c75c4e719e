"""Challenges: answers for the CA, committed before the CA is told, so that any process can give them."""

import sqlite3
from datetime import datetime

from store.hostname import Hostname
from store.instants import to_ms


def put(
    db: sqlite3.Connection,
    hostname: Hostname,
    kind: str,
    token: str,
    key_authorization: str,
    expires_at: datetime,
) -> None:
    """Keep the answer to one challenge (`http-01` or `tls-alpn-01`) of one name."""
    db.execute(
        "INSERT INTO challenges (hostname, kind, token, key_authorization, expires_at)"
        " VALUES (:hostname, :kind, :token, :answer, :expires)"
        " ON CONFLICT (hostname, kind, token) DO UPDATE SET key_authorization = :answer, expires_at = :expires",
        {
            "hostname": hostname,
            "kind": kind,
            "token": token,
            "answer": key_authorization,
            "expires": to_ms(expires_at),
        },
    )


def http_answer(db: sqlite3.Connection, hostname: Hostname, token: str, now: datetime) -> str | None:
    """The http-01 key authorization for this name and token (RFC 8555 8.3)."""
    row = db.execute(
        "SELECT key_authorization FROM challenges WHERE hostname = :hostname AND kind = 'http-01'"
        " AND token = :token AND expires_at > :now",
        {"hostname": hostname, "token": token, "now": to_ms(now)},
    ).fetchone()
    return row["key_authorization"] if row else None


def alpn_answer(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> str | None:
    """The newest tls-alpn-01 key authorization for this name (RFC 8737)."""
    row = db.execute(
        "SELECT key_authorization FROM challenges WHERE hostname = :hostname AND kind = 'tls-alpn-01'"
        " AND expires_at > :now ORDER BY expires_at DESC LIMIT 1",
        {"hostname": hostname, "now": to_ms(now)},
    ).fetchone()
    return row["key_authorization"] if row else None


def clear(db: sqlite3.Connection, hostname: Hostname) -> None:
    """Forget a name's answers once its order has ended."""
    db.execute("DELETE FROM challenges WHERE hostname = :hostname", {"hostname": hostname})


def remove_expired(db: sqlite3.Connection, now: datetime) -> None:
    """Forget answers that a crash left behind."""
    db.execute("DELETE FROM challenges WHERE expires_at <= :now", {"now": to_ms(now)})

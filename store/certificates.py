"""Certificates: chains with sealed keys, the newest of a name first; the last two of a name are kept."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.hostname import Hostname
from store.instants import from_ms, to_ms

KEPT = 2


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate chain (PEM, leaf first) and its key, sealed for hostname and serial."""

    hostname: Hostname
    serial: str
    chain_pem: str
    sealed_key: bytes
    issuer: str
    not_before: datetime
    not_after: datetime


def add(db: sqlite3.Connection, certificate: Certificate, now: datetime) -> None:
    """Keep a certificate as the newest of its name, and drop all but the last two."""
    db.execute(
        "INSERT INTO certificates (hostname, serial, chain_pem, sealed_key, issuer, not_before_at, not_after_at,"
        " created_at) VALUES (:hostname, :serial, :chain_pem, :sealed_key, :issuer, :not_before, :not_after, :now)"
        " ON CONFLICT (hostname, serial) DO NOTHING",
        {
            "hostname": certificate.hostname,
            "serial": certificate.serial,
            "chain_pem": certificate.chain_pem,
            "sealed_key": certificate.sealed_key,
            "issuer": certificate.issuer,
            "not_before": to_ms(certificate.not_before),
            "not_after": to_ms(certificate.not_after),
            "now": to_ms(now),
        },
    )
    db.execute(
        "DELETE FROM certificates WHERE hostname = :hostname AND id NOT IN (SELECT id FROM certificates"
        " WHERE hostname = :hostname ORDER BY id DESC LIMIT :kept)",
        {"hostname": certificate.hostname, "kept": KEPT},
    )


def standing(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> Certificate | None:
    """The name's newest certificate among those that are valid now."""
    row = db.execute(
        f"{_SELECT} WHERE hostname = :hostname AND not_before_at <= :now AND not_after_at > :now"
        " ORDER BY id DESC LIMIT 1",
        {"hostname": hostname, "now": to_ms(now)},
    ).fetchone()
    return _certificate(row) if row else None


def newest(db: sqlite3.Connection) -> list[Certificate]:
    """The newest certificate of every name, the first to expire first."""
    rows = db.execute(
        f"{_SELECT} c WHERE NOT EXISTS (SELECT 1 FROM certificates n WHERE n.hostname = c.hostname"
        " AND n.id > c.id) ORDER BY not_after_at, hostname"
    )
    return [_certificate(row) for row in rows]


def newest_row(db: sqlite3.Connection) -> int:
    """The number of the row that was stored last, 0 for none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM certificates").fetchone()[0])


def stored_since(db: sqlite3.Connection, since: int) -> tuple[int, dict[Hostname, str]]:
    """What was stored after the row `since`: the newest row, and the newest serial of each name."""
    rows = db.execute(
        "SELECT id, hostname, serial FROM certificates WHERE id > :since ORDER BY id", {"since": since}
    ).fetchall()
    return (rows[-1]["id"] if rows else since), {Hostname(row["hostname"]): row["serial"] for row in rows}


_SELECT = (
    "SELECT hostname, serial, chain_pem, sealed_key, issuer, not_before_at, not_after_at FROM certificates"
)


def _certificate(row: sqlite3.Row) -> Certificate:
    return Certificate(
        hostname=Hostname(row["hostname"]),
        serial=row["serial"],
        chain_pem=row["chain_pem"],
        sealed_key=row["sealed_key"],
        issuer=row["issuer"],
        not_before=from_ms(row["not_before_at"]),
        not_after=from_ms(row["not_after_at"]),
    )

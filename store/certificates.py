"""Certificates: chains with sealed keys; one that an admin uploaded stands before those that we got.

Of each name the last two of either source are kept. One that is uploaded for `*.` and a domain serves every registered
name right below it that has none of its own uploaded.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from store.hostname import Hostname
from store.instants import from_ms, to_ms

KEPT = 2
TAKING_OVER = timedelta(days=7)
"""So long before an uploaded certificate ends ours is got, where that is allowed."""


class Source(Enum):
    """Where a certificate is from."""

    ISSUED = "issued"
    UPLOADED = "uploaded"


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
    source: Source = Source.ISSUED


def add(db: sqlite3.Connection, certificate: Certificate, now: datetime) -> None:
    """Keep a certificate as the newest of its name and source, and drop all but the last two."""
    db.execute(
        "INSERT INTO certificates (hostname, serial, chain_pem, sealed_key, issuer, not_before_at, not_after_at,"
        " source, created_at) VALUES (:hostname, :serial, :chain_pem, :sealed_key, :issuer, :not_before, :not_after,"
        " :source, :now)"
        " ON CONFLICT (hostname, serial) DO NOTHING",
        {
            "hostname": certificate.hostname,
            "serial": certificate.serial,
            "chain_pem": certificate.chain_pem,
            "sealed_key": certificate.sealed_key,
            "issuer": certificate.issuer,
            "not_before": to_ms(certificate.not_before),
            "not_after": to_ms(certificate.not_after),
            "source": certificate.source.value,
            "now": to_ms(now),
        },
    )
    db.execute(
        "DELETE FROM certificates WHERE hostname = :hostname AND source = :source AND id NOT IN"
        " (SELECT id FROM certificates WHERE hostname = :hostname AND source = :source ORDER BY id DESC LIMIT :kept)",
        {"hostname": certificate.hostname, "source": certificate.source.value, "kept": KEPT},
    )


def withdraw(db: sqlite3.Connection, hostname: Hostname) -> bool:
    """Forget what was uploaded for a name; False when nothing was."""
    gone = db.execute(
        "DELETE FROM certificates WHERE hostname = :hostname AND source = 'uploaded'", {"hostname": hostname}
    )
    return gone.rowcount > 0


def standing(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> Certificate | None:
    """The name's certificate among those that are valid now: the newest uploaded one, a wildcard, else the newest.

    One that was issued will do where none has begun: it was the CA's clock that began it, and ours is behind.
    """
    row = db.execute(
        f"{_SELECT} WHERE hostname IN (:hostname, :wildcard) AND not_after_at > :now"
        " AND (not_before_at <= :now OR source = 'issued')"
        " ORDER BY not_before_at <= :now DESC, source = 'uploaded' DESC, hostname = :hostname DESC, id DESC LIMIT 1",
        {"hostname": hostname, "wildcard": wildcard_above(hostname), "now": to_ms(now)},
    ).fetchone()
    return _certificate(row) if row else None


def newest_issued(db: sqlite3.Connection, hostname: Hostname) -> Certificate | None:
    """The certificate that we got last for a name."""
    row = db.execute(
        f"{_SELECT} WHERE hostname = :hostname AND source = 'issued' ORDER BY id DESC LIMIT 1",
        {"hostname": hostname},
    ).fetchone()
    return _certificate(row) if row else None


def remove(db: sqlite3.Connection, hostname: Hostname, serial: str) -> None:
    """Forget one certificate: no process serves it any more."""
    db.execute(
        "DELETE FROM certificates WHERE hostname = :hostname AND serial = :serial",
        {"hostname": hostname, "serial": serial},
    )


def by_serial(db: sqlite3.Connection, hostname: Hostname, serial: str) -> Certificate | None:
    """One of the certificates that are kept of a name."""
    row = db.execute(
        f"{_SELECT} WHERE hostname = :hostname AND serial = :serial", {"hostname": hostname, "serial": serial}
    ).fetchone()
    return _certificate(row) if row else None


def wildcard_above(hostname: Hostname) -> Hostname:
    """The wildcard that covers a name (RFC 6125 6.4.3)."""
    return Hostname(f"*.{hostname.partition('.')[2]}")


def newest(db: sqlite3.Connection) -> list[Certificate]:
    """The newest certificate of every name, the first to expire first."""
    rows = db.execute(
        f"{_SELECT} c WHERE NOT EXISTS (SELECT 1 FROM certificates n WHERE n.hostname = c.hostname"
        " AND n.id > c.id) ORDER BY not_after_at, hostname"
    )
    return [_certificate(row) for row in rows]


def newest_change(db: sqlite3.Connection) -> int:
    """The number of the last change to any name's certificates, 0 for none."""
    return int(db.execute("SELECT coalesce(max(revision), 0) FROM certificate_changes").fetchone()[0])


def changed_since(
    db: sqlite3.Connection, since: int, now: datetime
) -> tuple[int, dict[Hostname, Certificate | None]]:
    """The last change, and of each name that changed after `since` what stands now."""
    rows = db.execute(
        "SELECT revision, hostname FROM certificate_changes WHERE revision > :since ORDER BY revision",
        {"since": since},
    ).fetchall()
    names = [Hostname(row["hostname"]) for row in rows]
    return (rows[-1]["revision"] if rows else since), {name: standing(db, name, now) for name in names}


_SELECT = (
    "SELECT hostname, serial, chain_pem, sealed_key, issuer, not_before_at, not_after_at, source"
    " FROM certificates"
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
        source=Source(row["source"]),
    )

"""Renewal windows: when the CA wants each certificate replaced (ARI, RFC 9773), and the moment that we picked."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import certificates
from store.certificates import Certificate
from store.hostname import Hostname
from store.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Window:
    """A CA's window, and the moment in it that was picked."""

    start_at: datetime
    end_at: datetime
    moment_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A certificate whose window is to be asked for, and what was kept of it; None: nothing yet."""

    certificate: Certificate
    kept: Window | None


def due(db: sqlite3.Connection, now: datetime, limit: int) -> list[Asked]:
    """Those whose time has come, the longest waiting first."""
    rows = db.execute(
        "SELECT * FROM renewal_windows WHERE poll_at <= :now ORDER BY poll_at LIMIT :limit",
        {"now": to_ms(now), "limit": limit},
    ).fetchall()
    found = ((row, certificates.by_serial(db, Hostname(row["hostname"]), row["serial"])) for row in rows)
    return [Asked(certificate, _window(row)) for row, certificate in found if certificate]


def keep(db: sqlite3.Connection, certificate: Certificate, window: Window | None, poll_at: datetime) -> bool:
    """Keep a window and renew at its moment, if that certificate is still the newest; None: nothing was said."""
    kept = db.execute(
        "UPDATE renewal_windows SET start_at = coalesce(:start_at, start_at), end_at = coalesce(:end_at, end_at),"
        " moment_at = coalesce(:moment_at, moment_at), poll_at = :poll_at"
        " WHERE hostname = :hostname AND serial = :serial",
        {
            "start_at": to_ms(window.start_at) if window else None,
            "end_at": to_ms(window.end_at) if window else None,
            "moment_at": to_ms(window.moment_at) if window else None,
            "poll_at": to_ms(poll_at),
            "hostname": certificate.hostname,
            "serial": certificate.serial,
        },
    )
    if not window or not kept.rowcount:
        return False
    moved = db.execute(
        "UPDATE issuance SET next_action_at = :at WHERE hostname = :hostname AND state = 'issued' AND failures = 0"
        " AND next_action_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates"
        " WHERE hostname = :hostname AND source = 'uploaded')",
        {"at": to_ms(window.moment_at), "hostname": certificate.hostname},
    )
    return moved.rowcount > 0


def is_known(db: sqlite3.Connection, hostname: Hostname, serial: str) -> bool:
    """Whether the CA said when it wants this certificate replaced."""
    row = db.execute(
        "SELECT 1 FROM renewal_windows WHERE hostname = :hostname AND serial = :serial AND moment_at IS NOT NULL",
        {"hostname": hostname, "serial": serial},
    ).fetchone()
    return row is not None


def _window(row: sqlite3.Row) -> Window | None:
    if row["moment_at"] is None:
        return None
    return Window(from_ms(row["start_at"]), from_ms(row["end_at"]), from_ms(row["moment_at"]))

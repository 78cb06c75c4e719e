"""Sign-in failures: counted per account and per network, each asking for a growing, never endless, wait.

An attempt is counted before its password is looked at, so that a hundred at once are a hundred failures;
a right password takes its own count back. While a wait runs nothing is counted: who guesses for somebody
else cannot lengthen it, and the longest wait of an account is a minute.
"""

import hashlib
import ipaddress
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failures are free, and how the wait grows after them."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta


ACCOUNT = Patience(5, timedelta(seconds=2), timedelta(minutes=1), timedelta(hours=1))
NETWORK = Patience(20, timedelta(seconds=2), timedelta(minutes=15), timedelta(hours=1))
WHOLE = Patience(200, timedelta(seconds=1), timedelta(seconds=5), timedelta(hours=1))
"""Of everybody of one realm together: who guesses at many accounts from many networks is slowed, and others wait for
seconds at most, in browsers where they were never signed in."""
DEVICE = Patience(10, timedelta(seconds=2), timedelta(minutes=1), timedelta(hours=1))
"""Of a browser in which its owner signed in before."""
FACTOR = Patience(5, timedelta(seconds=2), timedelta(hours=1), timedelta(hours=24))
"""Of codes: asked of somebody who has the password already, so the wait is nobody else's."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that is throttled; `key` hides what it was made from."""

    key: bytes
    patience: Patience


@dataclass(frozen=True, slots=True)
class Wait:
    """No attempt is taken before this instant."""

    until: datetime


def account_subject(realm: str, email: str) -> Subject:
    """The counter of one sign-in name; the realm keeps organisations and staff apart."""
    return Subject(_key("account", realm, email), ACCOUNT)


def network_subject(realm: str, address: str) -> Subject:
    """The counter of one network: an IPv4 address, an IPv6 /64."""
    return Subject(_key("network", realm, _network(address)), NETWORK)


def whole_subject(realm: str) -> Subject:
    """The counter of a realm: an organisation's portal, or the console."""
    return Subject(_key("whole", realm), WHOLE)


def device_subject(realm: str, device: bytes) -> Subject:
    """The counter of a known browser."""
    return Subject(_key("device", realm, device.hex()), DEVICE)


def factor_subject(realm: str, actor: str) -> Subject:
    """The counter of somebody's second factor."""
    return Subject(_key("factor", realm, actor), FACTOR)


def wait_until(
    failures: int, last_at: datetime, now: datetime, patience: Patience = ACCOUNT
) -> datetime | None:
    """When the next attempt may come; None: now."""
    over = failures - patience.free
    if over < 0 or now - last_at >= patience.forgotten_after:
        return None
    until = last_at + min(patience.first * 2 ** min(over, 20), patience.longest)
    return until if now < until else None


def begin(db: sqlite3.Connection, subjects: tuple[Subject, ...], now: datetime) -> Wait | None:
    """Count an attempt against each subject, or say until when none is taken."""
    counted = {subject: _failures(db, subject, now) for subject in subjects}
    waits = [
        until
        for subject, (failures, last_at) in counted.items()
        if (until := wait_until(failures, last_at, now, subject.patience))
    ]
    if waits:
        return Wait(max(waits))
    for subject, (failures, _) in counted.items():
        _set(db, subject, failures + 1, now)
    return None


def succeed(db: sqlite3.Connection, account: Subject, *others: Subject) -> None:
    """The password was right: the account starts anew, the others get this attempt back."""
    forget(db, account)
    for other in others:
        db.execute(
            "UPDATE signin_failures SET failures = failures - 1 WHERE subject = :key AND failures > 0",
            {"key": other.key},
        )


def forget(db: sqlite3.Connection, subject: Subject) -> None:
    """Start a counter anew."""
    db.execute("DELETE FROM signin_failures WHERE subject = :key", {"key": subject.key})


def remove_forgotten(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out counters that no longer count; how many."""
    oldest = now - max(each.forgotten_after for each in (ACCOUNT, NETWORK, FACTOR))
    return db.execute("DELETE FROM signin_failures WHERE last_at <= :at", {"at": to_ms(oldest)}).rowcount


def _failures(db: sqlite3.Connection, subject: Subject, now: datetime) -> tuple[int, datetime]:
    row = db.execute(
        "SELECT failures, last_at FROM signin_failures WHERE subject = :key", {"key": subject.key}
    ).fetchone()
    if row is None or now - from_ms(row["last_at"]) >= subject.patience.forgotten_after:
        return 0, now
    return row["failures"], from_ms(row["last_at"])


def _set(db: sqlite3.Connection, subject: Subject, failures: int, now: datetime) -> None:
    db.execute(
        "INSERT INTO signin_failures (subject, failures, last_at) VALUES (:key, :failures, :now)"
        " ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at",
        {"key": subject.key, "failures": failures, "now": to_ms(now)},
    )


def _key(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False).network_address
    return str(ip)

"""Issuance: what is known about getting each name's certificate, when to act next, and what happened."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store import acme_state, certificates, challenge_results, challenges, leases, phases
from store.certificates import Certificate
from store.hostname import Hostname
from store.instants import from_ms, maybe_instant, maybe_ms, to_ms
from store.leases import Lease
from store.phases import Phase


class CertificateState(Enum):
    """Where a name stands with its certificate."""

    NONE = "none"
    ORDERED = "ordered"
    ISSUED = "issued"
    RENEWING = "renewing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gate and the pages know about a name's issuance."""

    state: CertificateState = CertificateState.NONE
    failures: int = 0
    cause: str = ""
    detail: str = ""
    dns_fingerprint: str = ""
    retry_at: datetime | None = None
    next_action_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an issuance ended without a certificate: a short cause, the other side's own words, when to retry."""

    cause: str
    detail: str
    dns_fingerprint: str
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One finished issuance for the history, with what it spent its time on."""

    hostname: Hostname
    reason: str
    outcome: str
    detail: str
    trace: tuple[Phase, ...]
    started_at: datetime
    finished_at: datetime


ATTEMPTS_KEPT = 100
"""Of one name: a fault that is looked for every few seconds must not fill the disk."""


class LeaseLost(Exception):
    """Another process took the lease over; its result stands, ours is dropped."""


def standing(db: sqlite3.Connection, hostname: Hostname) -> Standing:
    """What is known about this name."""
    row = db.execute("SELECT * FROM issuance WHERE hostname = :hostname", {"hostname": hostname}).fetchone()
    return _standing(row) if row else Standing()


def due(db: sqlite3.Connection, now: datetime, limit: int) -> list[Hostname]:
    """Names whose time to renew has come, the longest overdue first."""
    rows = db.execute(
        "SELECT hostname FROM issuance WHERE next_action_at <= :now ORDER BY next_action_at LIMIT :limit",
        {"now": to_ms(now), "limit": limit},
    )
    return [Hostname(row["hostname"]) for row in rows]


def next_due(db: sqlite3.Connection) -> datetime | None:
    """When the next name is due."""
    row = db.execute(
        "SELECT min(next_action_at) AS at FROM issuance WHERE next_action_at IS NOT NULL"
    ).fetchone()
    return maybe_instant(row["at"])


def begin(db: sqlite3.Connection, lease: Lease, hostname: Hostname) -> None:
    """Mark that an order is under way: `renewing` where a certificate stands, else `ordered`."""
    _check(db, lease)
    db.execute(
        "INSERT INTO issuance (hostname, state) SELECT :hostname, CASE WHEN EXISTS"
        " (SELECT 1 FROM certificates WHERE hostname = :hostname) THEN 'renewing' ELSE 'ordered' END WHERE true"
        " ON CONFLICT (hostname) DO UPDATE SET state = excluded.state",
        {"hostname": hostname},
    )


def succeed(
    db: sqlite3.Connection,
    lease: Lease,
    certificate: Certificate,
    renew_at: datetime,
    attempt: Attempt,
    challenge: str = "",
) -> None:
    """Certificate, history, what proved the name and the lease's release in one transaction; `LeaseLost`."""
    _check(db, lease)
    if challenge:
        challenge_results.proved(db, attempt.hostname, challenge, attempt.finished_at)
    certificates.add(db, certificate, attempt.finished_at)
    db.execute(
        "INSERT INTO issuance (hostname, state, next_action_at) VALUES (:hostname, 'issued', :renew_at)"
        " ON CONFLICT (hostname) DO UPDATE SET state = 'issued', failures = 0, cause = '', detail = '',"
        " retry_at = NULL, next_action_at = :renew_at",
        {"hostname": certificate.hostname, "renew_at": to_ms(renew_at)},
    )
    _end(db, lease, attempt)


def fail(
    db: sqlite3.Connection, lease: Lease, failure: Failure, attempt: Attempt, challenge: str = ""
) -> None:
    """Cause, the CA's words, the DNS fingerprint and `retry_at`, and the lease's release; `LeaseLost`.

    `challenge` is the kind that did not prove the name.
    """
    _check(db, lease)
    if challenge:
        challenge_results.failed(db, attempt.hostname, challenge, attempt.finished_at)
    db.execute(
        "INSERT INTO issuance (hostname, state, failures, cause, detail, dns_fingerprint, retry_at)"
        " VALUES (:hostname, 'failed', 1, :cause, :detail, :fingerprint, :retry_at)"
        " ON CONFLICT (hostname) DO UPDATE SET state = 'failed', failures = failures + 1, cause = :cause,"
        " detail = :detail, dns_fingerprint = :fingerprint, retry_at = :retry_at,"
        " next_action_at = CASE WHEN next_action_at IS NULL THEN NULL ELSE :retry_at END",
        {
            "hostname": attempt.hostname,
            "cause": failure.cause,
            "detail": failure.detail,
            "fingerprint": failure.dns_fingerprint,
            "retry_at": to_ms(failure.retry_at),
        },
    )
    _end(db, lease, attempt)


def wait(db: sqlite3.Connection, lease: Lease, failure: Failure, attempt: Attempt) -> None:
    """A rate limit stands in the way until `retry_at`: kept as the cause, not as a failure; `LeaseLost`."""
    _check(db, lease)
    db.execute(
        "UPDATE issuance SET cause = :cause, detail = :detail, dns_fingerprint = :fingerprint, retry_at = :retry_at,"
        " state = CASE WHEN state = 'renewing' THEN 'issued' ELSE 'failed' END,"
        " next_action_at = CASE WHEN next_action_at IS NULL THEN NULL ELSE :retry_at END"
        " WHERE hostname = :hostname",
        {
            "hostname": attempt.hostname,
            "cause": failure.cause,
            "detail": failure.detail,
            "fingerprint": failure.dns_fingerprint,
            "retry_at": to_ms(failure.retry_at),
        },
    )
    _end(db, lease, attempt)


def postpone(db: sqlite3.Connection, hostname: Hostname, next_action_at: datetime | None) -> None:
    """Set when the timer looks at a name again; None for never."""
    db.execute(
        "UPDATE issuance SET next_action_at = :at WHERE hostname = :hostname",
        {"at": maybe_ms(next_action_at), "hostname": hostname},
    )


def rest(db: sqlite3.Connection, hostname: Hostname, next_action_at: datetime | None) -> None:
    """Nothing is wrong with a name, and nothing is to be ordered for it before then; None: not at all."""
    db.execute(
        "INSERT INTO issuance (hostname, state, next_action_at) SELECT :hostname, CASE WHEN EXISTS"
        " (SELECT 1 FROM certificates WHERE hostname = :hostname) THEN 'issued' ELSE 'none' END, :at WHERE true"
        " ON CONFLICT (hostname) DO UPDATE SET state = excluded.state, failures = 0, cause = '', detail = '',"
        " retry_at = NULL, next_action_at = :at",
        {"hostname": hostname, "at": maybe_ms(next_action_at)},
    )


def forget(db: sqlite3.Connection, hostname: Hostname) -> None:
    """Drop a name's certificates and failures; an issuance under way loses its lease. The history stays."""
    leases.void(db, lease_name(hostname))
    for table in ("certificates", "issuance", "acme_orders", "challenges", "challenge_results"):
        db.execute(f"DELETE FROM {table} WHERE hostname = :hostname", {"hostname": hostname})


def lease_name(hostname: Hostname) -> str:
    """The lease that whoever issues for a name must hold."""
    return f"issue {hostname}"


def history(db: sqlite3.Connection, hostname: Hostname, limit: int = 20) -> list[Attempt]:
    """The last attempts for a name, newest first."""
    rows = db.execute(
        "SELECT * FROM issuance_history WHERE hostname = :hostname ORDER BY id DESC LIMIT :limit",
        {"hostname": hostname, "limit": limit},
    )
    return [_attempt(row) for row in rows]


def latest(db: sqlite3.Connection, limit: int) -> list[Attempt]:
    """The last attempts for any name, newest first."""
    rows = db.execute("SELECT * FROM issuance_history ORDER BY id DESC LIMIT :limit", {"limit": limit})
    return [_attempt(row) for row in rows]


def complete_trace(db: sqlite3.Connection, hostname: Hostname, trace: tuple[Phase, ...]) -> None:
    """What came after the commit, such as loading the certificate, belongs to the last attempt as well."""
    db.execute(
        "UPDATE issuance_history SET trace = :trace WHERE id ="
        " (SELECT max(id) FROM issuance_history WHERE hostname = :hostname)",
        {"hostname": hostname, "trace": phases.dumped(trace)},
    )


def _check(db: sqlite3.Connection, lease: Lease) -> None:
    if not leases.stands(db, lease):
        raise LeaseLost(lease.name)


def _end(db: sqlite3.Connection, lease: Lease, attempt: Attempt) -> None:
    db.execute(
        "INSERT INTO issuance_history (hostname, reason, outcome, detail, trace, started_at, finished_at)"
        " VALUES (:hostname, :reason, :outcome, :detail, :trace, :started, :finished)",
        {
            "hostname": attempt.hostname,
            "reason": attempt.reason,
            "outcome": attempt.outcome,
            "detail": attempt.detail,
            "trace": phases.dumped(attempt.trace),
            "started": to_ms(attempt.started_at),
            "finished": to_ms(attempt.finished_at),
        },
    )
    _prune(db, attempt.hostname)
    challenges.clear(db, attempt.hostname)
    acme_state.forget_order(db, attempt.hostname)
    leases.release(db, lease)


def _prune(db: sqlite3.Connection, hostname: Hostname) -> None:
    db.execute(
        "DELETE FROM issuance_history WHERE hostname = :hostname AND id <= (SELECT id FROM issuance_history"
        " WHERE hostname = :hostname ORDER BY id DESC LIMIT 1 OFFSET :kept)",
        {"hostname": hostname, "kept": ATTEMPTS_KEPT},
    )


def _attempt(row: sqlite3.Row) -> Attempt:
    return Attempt(
        hostname=Hostname(row["hostname"]),
        reason=row["reason"],
        outcome=row["outcome"],
        detail=row["detail"],
        trace=phases.loaded(row["trace"]),
        started_at=from_ms(row["started_at"]),
        finished_at=from_ms(row["finished_at"]),
    )


def _standing(row: sqlite3.Row) -> Standing:
    return Standing(
        state=CertificateState(row["state"]),
        failures=row["failures"],
        cause=row["cause"],
        detail=row["detail"],
        dns_fingerprint=row["dns_fingerprint"],
        retry_at=maybe_instant(row["retry_at"]),
        next_action_at=maybe_instant(row["next_action_at"]),
    )

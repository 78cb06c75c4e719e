"""Ledger: a CA's rate limits as token buckets, counted before it has to refuse.

A bucket is kept as the one instant at which it will be full again (GCRA): each token moves it by the time that one
takes to grow back. Every process of the house spends from the same buckets, in one transaction an order.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from store.instants import from_ms, to_ms


class Scope(StrEnum):
    """What a limit counts for."""

    ORDERS = "orders"
    """New orders of our account."""
    ORGANISATION = "organisation"
    """One organisation's share of them."""
    REGISTERED_DOMAIN = "registered_domain"
    """Certificates for one registrable domain, whoever asks."""
    SAME_NAMES = "same_names"
    """Certificates for the very same name."""
    FAILED_AUTHORIZATIONS = "failed_authorizations"
    CONSECUTIVE_FAILURES = "consecutive_failures"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and one more each `interval`."""

    scope: Scope
    capacity: int
    interval: timedelta

    def __post_init__(self) -> None:
        if self.capacity < 1 or self.interval <= timedelta():
            raise ValueError(f"not a limit: {self}")


@dataclass(frozen=True, slots=True)
class Charge:
    """What an order takes from one bucket; `reserve` tokens must be left, `cost` 0 asks only whether one is there."""

    limit: Limit
    subject: str = ""
    cost: int = 1
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """No token now: which limit, until when, and the CA's words where it told us."""

    scope: Scope
    subject: str
    until: datetime
    words: str = ""


def spend(db: sqlite3.Connection, directory: str, charges: Sequence[Charge], now: datetime) -> Wait | None:
    """Take all tokens of an order, or none of them and say how long to wait for the last."""
    if wait := foreseen(db, directory, charges, now):
        return wait
    for charge in charges:
        move(db, directory, charge, charge.cost, now)
    return None


def foreseen(db: sqlite3.Connection, directory: str, charges: Sequence[Charge], now: datetime) -> Wait | None:
    """How long an order would wait as things stand; None: not at all."""
    waits = [wait for charge in charges if (wait := _wait(db, directory, charge, now))]
    return max(waits, key=lambda wait: wait.until, default=None)


def move(db: sqlite3.Connection, directory: str, charge: Charge, tokens: int, now: datetime) -> None:
    """Take so many tokens whether or not they are there; below zero gives them back."""
    if not tokens:
        return
    db.execute(
        "INSERT INTO ca_buckets (directory, scope, subject, full_at)"
        " VALUES (:directory, :scope, :subject, :now + max(:by, 0)) ON CONFLICT DO UPDATE"
        " SET full_at = CASE WHEN full_at > :now + 2 * :whole THEN :now + :one_left ELSE max(full_at, :now) END + :by",
        _key(directory, charge.limit.scope, charge.subject)
        | {
            "now": to_ms(now),
            "by": tokens * _interval(charge.limit),
            "whole": charge.limit.capacity * _interval(charge.limit),
            "one_left": (charge.limit.capacity - 1) * _interval(charge.limit),
        },
    )


def refill(db: sqlite3.Connection, directory: str, scope: Scope, subject: str) -> None:
    """Fill a bucket, as a success does with failures in a row."""
    db.execute(
        "DELETE FROM ca_buckets WHERE directory = :directory AND scope = :scope AND subject = :subject",
        _key(directory, scope, subject),
    )


def is_used(db: sqlite3.Connection, directory: str, scope: Scope, subject: str) -> bool:
    """Whether anything was taken from a bucket since it was last full."""
    return _bucket(db, directory, scope, subject) != _FULL


def hold(
    db: sqlite3.Connection, directory: str, scope: Scope, subject: str, until: datetime, words: str
) -> None:
    """The CA told us to wait: nothing is taken from this bucket until then; others go on."""
    db.execute(
        "INSERT INTO ca_buckets (directory, scope, subject, full_at, held_at, words)"
        " VALUES (:directory, :scope, :subject, 0, :until, :words) ON CONFLICT DO UPDATE"
        " SET held_at = max(coalesce(held_at, 0), :until), words = :words",
        _key(directory, scope, subject) | {"until": to_ms(until), "words": words},
    )


def tokens(db: sqlite3.Connection, directory: str, limit: Limit, subject: str, now: datetime) -> int:
    """How many whole tokens a bucket has; never below zero."""
    full_at = _believed(_bucket(db, directory, limit.scope, subject)[0], limit, now)
    short = max(full_at - to_ms(now), 0)
    return max(limit.capacity - -(-short // _interval(limit)), 0)


def remove_full(db: sqlite3.Connection, now: datetime) -> int:
    """Forget buckets that are full again, some at a time; how many there were."""
    return db.execute(
        "DELETE FROM ca_buckets WHERE (directory, scope, subject) IN (SELECT directory, scope, subject FROM ca_buckets"
        " WHERE max(full_at, coalesce(held_at, 0)) <= :now LIMIT 500)",
        {"now": to_ms(now)},
    ).rowcount


def _wait(db: sqlite3.Connection, directory: str, charge: Charge, now: datetime) -> Wait | None:
    full_at, held_at, words = _bucket(db, directory, charge.limit.scope, charge.subject)
    full_at = _believed(full_at, charge.limit, now)
    needed = max(charge.cost, 1) + charge.reserve
    room = (charge.limit.capacity - needed) * _interval(charge.limit)
    until = max(full_at - room, held_at)
    if until <= to_ms(now):
        return None
    return Wait(charge.limit.scope, charge.subject, from_ms(until), words if held_at == until else "")


def _believed(full_at: int, limit: Limit, now: datetime) -> int:
    """A bucket that is further from full than twice empty was written while the clock was ahead: one token is left
    in it, from which on it is counted anew."""
    whole = limit.capacity * _interval(limit)
    return to_ms(now) + whole - _interval(limit) if full_at > to_ms(now) + 2 * whole else full_at


def _bucket(db: sqlite3.Connection, directory: str, scope: Scope, subject: str) -> tuple[int, int, str]:
    row = db.execute(
        "SELECT full_at, coalesce(held_at, 0) AS held_at, words FROM ca_buckets"
        " WHERE directory = :directory AND scope = :scope AND subject = :subject",
        _key(directory, scope, subject),
    ).fetchone()
    return (row["full_at"], row["held_at"], row["words"]) if row else _FULL


_FULL = (0, 0, "")


def _interval(limit: Limit) -> int:
    return limit.interval // timedelta(milliseconds=1)


def _key(directory: str, scope: Scope, subject: str) -> dict[str, object]:
    return {"directory": directory, "scope": scope.value, "subject": subject}

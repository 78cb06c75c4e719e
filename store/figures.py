"""Figures: what the store holds, in a few numbers whatever its size, for whoever watches the house from outside."""

import math
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.instants import to_ms
from store.ledger import Limit

DAYS = (0, 1, 3, 7, 14, 30, 60, 90)
"""Days left up to which names are counted."""
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is left of one of a CA's limits, in the bucket that has the least of it."""

    limit: str
    capacity: int
    left: int
    held: int
    """Buckets that the CA told us to leave alone for now."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one moment."""

    names: int
    up_to: tuple[int, ...]
    """Names whose newest certificate has at most so many days left, one for each of `DAYS`."""
    days: float
    """The days left of all of them together."""
    certificates: int
    mails: int
    """That wait to be sent."""
    tokens: tuple[Tokens, ...]


def of(db: sqlite3.Connection, directory: str, limits: tuple[Limit, ...], now: datetime) -> Figures:
    """The figures at this moment; `limits` are those of the CA with this directory."""
    columns = ", ".join(f"coalesce(sum(ends <= :now + {days * _DAY}), 0)" for days in DAYS)
    row = db.execute(
        f"SELECT count(*), coalesce(sum((ends - :now) / {_DAY}.0), 0), {columns}"
        " FROM (SELECT max(not_after_at) AS ends FROM certificates GROUP BY hostname)",
        {"now": to_ms(now)},
    ).fetchone()
    return Figures(
        names=_count(db, "SELECT count(*) FROM domains"),
        up_to=tuple(row[2:]),
        days=row[1],
        certificates=row[0],
        mails=_count(db, "SELECT count(*) FROM outbox WHERE state = 'waiting'"),
        tokens=tuple(_tokens(db, directory, limit, now) for limit in limits),
    )


def _count(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


def _tokens(db: sqlite3.Connection, directory: str, limit: Limit, now: datetime) -> Tokens:
    row = db.execute(
        "SELECT coalesce(max(full_at), 0) AS full_at, coalesce(sum(held_at > :now), 0) AS held FROM ca_buckets"
        " WHERE directory = :directory AND scope = :scope",
        {"directory": directory, "scope": limit.scope.value, "now": to_ms(now)},
    ).fetchone()
    short = max(row["full_at"] - to_ms(now), 0) / (limit.interval.total_seconds() * 1000)
    left = max(limit.capacity - math.ceil(short), 0)
    return Tokens(limit.scope.value, limit.capacity, left, row["held"])

"""Fleet: all certificates and issuances at a glance: days left, failures by cause, what was issued day by day."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from store.hostname import Hostname
from store.instants import from_ms, to_ms

BANDS = (0, 1, 3, 7, 14, 30, 60, 90)
"""Days left at which a band begins; the last one is open."""


@dataclass(frozen=True, slots=True)
class Band:
    """How many names' certificates end within so many days: `first` to below `last`; None: open."""

    first: int | None
    last: int | None
    names: int


@dataclass(frozen=True, slots=True)
class Ending:
    """A name whose newest certificate is the next to end."""

    hostname: Hostname
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Risk:
    """A name whose certificate should have been replaced by now, and what stands in the way."""

    hostname: Hostname
    ends_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Names whose last issuance failed for one cause, with one of them and what was said."""

    cause: str
    names: int
    example: Hostname
    detail: str


@dataclass(frozen=True, slots=True)
class Day:
    """The issuances that ended on a day, in UTC."""

    day: date
    issued: int
    failed: int


def bands(db: sqlite3.Connection, now: datetime) -> list[Band]:
    """The names by what is left of their newest certificate; the first band is those that have ended."""
    day = 86_400_000
    ends = "(SELECT max(not_after_at) AS ends FROM certificates GROUP BY hostname)"
    limits = [None, *BANDS, None]
    found = []
    for first, last in pairwise(limits):
        row = db.execute(
            f"SELECT count(*) FROM {ends} WHERE (:first IS NULL OR ends - :now >= :first * {day})"
            f" AND (:last IS NULL OR ends - :now < :last * {day})",
            {"now": to_ms(now), "first": first, "last": last},
        ).fetchone()
        found.append(Band(first, last, row[0]))
    return found


def next_to_end(db: sqlite3.Connection, limit: int = 20) -> list[Ending]:
    """Names by the end of their newest certificate."""
    rows = db.execute(
        "SELECT hostname, max(not_after_at) AS ends FROM certificates GROUP BY hostname ORDER BY ends LIMIT :limit",
        {"limit": limit},
    )
    return [Ending(Hostname(row["hostname"]), from_ms(row["ends"])) for row in rows]


def at_risk(db: sqlite3.Connection, now: datetime, limit: int = 20) -> list[Risk]:
    """Names whose newest certificate is in the last sixth of its life, or past it; the first to end first."""
    rows = db.execute(
        "SELECT c.hostname, max(c.not_after_at) AS ends, i.cause FROM certificates c"
        " JOIN domains d ON d.hostname = c.hostname LEFT JOIN issuance i ON i.hostname = c.hostname"
        " WHERE d.redirect_to IS NULL GROUP BY c.hostname"
        " HAVING max(c.not_after_at) - :now < (max(c.not_after_at) - max(c.not_before_at)) / 6"
        " ORDER BY ends LIMIT :limit",
        {"now": to_ms(now), "limit": limit},
    )
    return [
        Risk(Hostname(row["hostname"]), from_ms(row["ends"]), row["cause"] or "nobody asked for it")
        for row in rows
    ]


def failures(db: sqlite3.Connection) -> list[Cause]:
    """What stands in the way of certificates just now, the commonest first."""
    rows = db.execute(
        "SELECT cause, count(*) AS names, min(hostname) AS example FROM issuance WHERE state = 'failed'"
        " GROUP BY cause ORDER BY names DESC, cause"
    ).fetchall()
    return [
        Cause(row["cause"], row["names"], Hostname(row["example"]), _detail(db, row["example"]))
        for row in rows
    ]


def days(db: sqlite3.Connection, now: datetime, count: int = 30) -> list[Day]:
    """The last days, the oldest first, also those on which nothing happened."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=count - 1)
    rows = db.execute(
        "SELECT date(finished_at / 1000, 'unixepoch') AS day, sum(outcome = 'issued') AS issued,"
        " sum(outcome <> 'issued') AS failed FROM issuance_history WHERE finished_at >= :first GROUP BY day",
        {"first": to_ms(datetime(first.year, first.month, first.day, tzinfo=UTC))},
    )
    found = {row["day"]: row for row in rows}
    spans = (first + timedelta(days=number) for number in range(count))
    return [_day(day, found.get(day.isoformat())) for day in spans]


def _detail(db: sqlite3.Connection, hostname: str) -> str:
    row = db.execute(
        "SELECT detail FROM issuance WHERE hostname = :hostname", {"hostname": hostname}
    ).fetchone()
    return str(row["detail"])


def _day(day: date, row: sqlite3.Row | None) -> Day:
    return Day(day, row["issued"], row["failed"]) if row else Day(day, 0, 0)

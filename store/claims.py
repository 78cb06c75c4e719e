"""Claims: names that an organisation asks for and another has or had; open until proved, given up, or a week old."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.hostname import Hostname
from store.instants import from_ms, maybe_instant, to_ms
from store.ownership import UNVERIFIED_KEPT, new_proof

MOST = 5
"""Open at a time, of one organisation: each one writes to a name's holder."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One name asked for, and the TXT value that proves it."""

    hostname: Hostname
    proof: str
    created_at: datetime
    checked_at: datetime | None

    @property
    def ends_at(self) -> datetime:
        return self.created_at + UNVERIFIED_KEPT


@dataclass(frozen=True, slots=True)
class Opened:
    """A claim, and whether it is a new one."""

    claim: Claim
    new: bool


@dataclass(frozen=True, slots=True)
class TooMany:
    """The organisation has as many open claims as it may."""


def open_claim(
    db: sqlite3.Connection, organisation_id: int, hostname: Hostname, now: datetime
) -> Opened | TooMany:
    """The organisation's claim to a name; asked for again it is the same."""
    if there := find(db, organisation_id, hostname, now):
        return Opened(there, new=False)
    if len(of_organisation(db, organisation_id, now)) >= MOST:
        return TooMany()
    db.execute(
        "INSERT OR REPLACE INTO claims (organisation_id, hostname, proof, created_at)"
        " VALUES (:organisation_id, :hostname, :proof, :now)",
        {"organisation_id": organisation_id, "hostname": hostname, "proof": new_proof(), "now": to_ms(now)},
    )
    made = find(db, organisation_id, hostname, now)
    assert made
    return Opened(made, new=True)


def find(db: sqlite3.Connection, organisation_id: int, hostname: Hostname, now: datetime) -> Claim | None:
    """The organisation's open claim to a name."""
    return next(
        (each for each in of_organisation(db, organisation_id, now) if each.hostname == hostname), None
    )


def of_organisation(db: sqlite3.Connection, organisation_id: int, now: datetime) -> list[Claim]:
    """An organisation's open claims, the oldest first."""
    rows = db.execute(
        "SELECT hostname, proof, created_at, checked_at FROM claims WHERE organisation_id = :organisation_id"
        " AND created_at > :after ORDER BY created_at, hostname",
        {"organisation_id": organisation_id, "after": to_ms(now - UNVERIFIED_KEPT)},
    )
    return [
        Claim(
            Hostname(row["hostname"]),
            row["proof"],
            from_ms(row["created_at"]),
            maybe_instant(row["checked_at"]),
        )
        for row in rows
    ]


def against(db: sqlite3.Connection, organisation_id: int, now: datetime) -> list[tuple[Hostname, datetime]]:
    """Names of an organisation that others ask for, and since when; not who."""
    rows = db.execute(
        "SELECT c.hostname, min(c.created_at) AS since FROM claims c JOIN domains d ON d.hostname = c.hostname"
        " WHERE d.organisation_id = :organisation_id AND c.organisation_id <> :organisation_id"
        " AND c.created_at > :after GROUP BY c.hostname ORDER BY c.hostname",
        {"organisation_id": organisation_id, "after": to_ms(now - UNVERIFIED_KEPT)},
    )
    return [(Hostname(row["hostname"]), from_ms(row["since"])) for row in rows]


def checked(db: sqlite3.Connection, organisation_id: int, hostname: Hostname, now: datetime) -> None:
    """Keep when the DNS was last asked for the proof."""
    db.execute(
        "UPDATE claims SET checked_at = :now WHERE organisation_id = :organisation_id AND hostname = :hostname",
        {"organisation_id": organisation_id, "hostname": hostname, "now": to_ms(now)},
    )


def give_up(db: sqlite3.Connection, organisation_id: int, hostname: Hostname) -> bool:
    """Forget a claim; False when there is none."""
    gone = db.execute(
        "DELETE FROM claims WHERE organisation_id = :organisation_id AND hostname = :hostname",
        {"organisation_id": organisation_id, "hostname": hostname},
    )
    return gone.rowcount > 0


def forget_old(db: sqlite3.Connection, now: datetime) -> int:
    """Forget claims that nobody proved within a week; how many."""
    gone = db.execute(
        "DELETE FROM claims WHERE created_at <= :before", {"before": to_ms(now - UNVERIFIED_KEPT)}
    )
    return gone.rowcount

"""Challenge results: by which kind of challenge each name was proven, or was not."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.hostname import Hostname
from store.instants import maybe_instant, to_ms

ANYWHERE = Hostname("")
"""Stands for the whole installation: successes alone, since one name's failure says little of others."""


@dataclass(frozen=True, slots=True)
class Result:
    """When a kind of challenge last did, and last did not, prove a name."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None


def of(db: sqlite3.Connection, hostname: Hostname) -> dict[str, Result]:
    """By kind (`http-01`, `tls-alpn-01`)."""
    rows = db.execute(
        "SELECT kind, succeeded_at, failed_at FROM challenge_results WHERE hostname = :hostname",
        {"hostname": hostname},
    )
    return {
        row["kind"]: Result(maybe_instant(row["succeeded_at"]), maybe_instant(row["failed_at"]))
        for row in rows
    }


def proved(db: sqlite3.Connection, hostname: Hostname, kind: str, now: datetime) -> None:
    """The CA found our answer."""
    for whose in (hostname, ANYWHERE):
        db.execute(
            "INSERT INTO challenge_results (hostname, kind, succeeded_at) VALUES (:hostname, :kind, :now)"
            " ON CONFLICT (hostname, kind) DO UPDATE SET succeeded_at = :now",
            {"hostname": whose, "kind": kind, "now": to_ms(now)},
        )


def failed(db: sqlite3.Connection, hostname: Hostname, kind: str, now: datetime) -> None:
    """The CA looked, and did not find our answer."""
    db.execute(
        "INSERT INTO challenge_results (hostname, kind, failed_at) VALUES (:hostname, :kind, :now)"
        " ON CONFLICT (hostname, kind) DO UPDATE SET failed_at = :now",
        {"hostname": hostname, "kind": kind, "now": to_ms(now)},
    )

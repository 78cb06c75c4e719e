"""Watches: when each name that serves is looked at again, what the looks came to, and whether renewals wait."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from store.diagnosis import Diagnosis, Routing
from store.hostname import Hostname
from store.instants import from_ms, maybe_instant, maybe_ms, to_ms

SOONEST = timedelta(minutes=5)
"""Between two looks at a name, whoever asks for one."""


class Place(Enum):
    """Where a name is, as several looks established it."""

    HERE = "here"
    TROUBLED = "troubled"
    """It cannot be reached straight, or not by all: a proxy, broken signatures, servers that differ."""
    MOVED = "moved"


class Seen(Enum):
    """What one thorough look came to."""

    WELL = "well"
    AWAY = "away"
    """The zone's own servers and resolvers agree that it does not lead here."""
    TROUBLED = "troubled"
    DOUBTFUL = "doubtful"
    """It seems to lead elsewhere, and those who were asked do not agree."""
    UNHEARD = "unheard"
    """We could not ask: that says nothing."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One name under watch; `suspected` is what some looks say, and too few so far."""

    hostname: Hostname
    next_look_at: datetime
    looked_at: datetime | None = None
    fingerprint: str = ""
    calm: int = 0
    unheard: int = 0
    place: Place = Place.HERE
    placed_at: datetime | None = None
    suspected: Place | None = None
    suspected_since: datetime | None = None
    suspected_at: datetime | None = None
    suspicions: int = 0
    returned_at: datetime | None = None
    steady_from: datetime | None = None
    renewal_held: bool = False

    @property
    def is_well(self) -> bool:
        """Whether it is here, and nothing says otherwise."""
        return self.place is Place.HERE and self.suspected is None

    def renews(self, now: datetime) -> bool:
        """Whether a renewal may be ordered: it has not left by any look, and does not come and go."""
        if Place.MOVED in (self.place, self.suspected):
            return False
        return self.steady_from is None or self.steady_from <= now


def of(db: sqlite3.Connection, hostname: Hostname) -> Watch | None:
    """The watch on a name; None: it never served."""
    row = db.execute("SELECT * FROM watches WHERE hostname = :hostname", {"hostname": hostname}).fetchone()
    return _watch(row) if row else None


def due(db: sqlite3.Connection, now: datetime, limit: int) -> list[Watch]:
    """Names whose time has come, the longest overdue first."""
    rows = db.execute(
        "SELECT * FROM watches WHERE next_look_at <= :now ORDER BY next_look_at LIMIT :limit",
        {"now": to_ms(now), "limit": limit},
    )
    return [_watch(row) for row in rows]


def keep(db: sqlite3.Connection, watch: Watch) -> None:
    """Write down what a look came to."""
    db.execute(
        "UPDATE watches SET next_look_at = :next_look_at, looked_at = :looked_at, fingerprint = :fingerprint,"
        " calm = :calm, unheard = :unheard, place = :place, placed_at = :placed_at, suspected = :suspected,"
        " suspected_since = :suspected_since, suspected_at = :suspected_at, suspicions = :suspicions,"
        " returned_at = :returned_at, steady_from = :steady_from"
        " WHERE hostname = :hostname",
        {
            "hostname": watch.hostname,
            "next_look_at": to_ms(watch.next_look_at),
            "looked_at": maybe_ms(watch.looked_at),
            "fingerprint": watch.fingerprint,
            "calm": watch.calm,
            "unheard": watch.unheard,
            "place": watch.place.value,
            "placed_at": maybe_ms(watch.placed_at),
            "suspected": watch.suspected.value if watch.suspected else None,
            "suspected_since": maybe_ms(watch.suspected_since),
            "suspected_at": maybe_ms(watch.suspected_at),
            "suspicions": watch.suspicions,
            "returned_at": maybe_ms(watch.returned_at),
            "steady_from": maybe_ms(watch.steady_from),
        },
    )


def differs(db: sqlite3.Connection, hostname: Hostname, found: Diagnosis, now: datetime) -> bool:
    """Hear what an order's own look found of a name; False: it is not watched.

    Where that differs from what is established, the watch looks soon, and decides.
    """
    watch = of(db, hostname)
    if watch is None:
        return False
    if found.certain and (found.routing is Routing.OK) is not watch.is_well:
        soon = max(now, watch.looked_at + SOONEST) if watch.looked_at else now
        db.execute(
            "UPDATE watches SET next_look_at = min(next_look_at, :soon) WHERE hostname = :hostname",
            {"hostname": hostname, "soon": to_ms(soon)},
        )
    return True


def hold_renewal(db: sqlite3.Connection, hostname: Hostname) -> None:
    """Keep that a renewal is due, and waits until the name is well again."""
    db.execute("UPDATE watches SET renewal_held = 1 WHERE hostname = :hostname", {"hostname": hostname})


def release_renewal(db: sqlite3.Connection, hostname: Hostname) -> None:
    """Keep that no renewal waits any more."""
    db.execute("UPDATE watches SET renewal_held = 0 WHERE hostname = :hostname", {"hostname": hostname})


def _watch(row: sqlite3.Row) -> Watch:
    return Watch(
        hostname=Hostname(row["hostname"]),
        next_look_at=from_ms(row["next_look_at"]),
        looked_at=maybe_instant(row["looked_at"]),
        fingerprint=row["fingerprint"],
        calm=row["calm"],
        unheard=row["unheard"],
        place=Place(row["place"]),
        placed_at=maybe_instant(row["placed_at"]),
        suspected=Place(row["suspected"]) if row["suspected"] else None,
        suspected_since=maybe_instant(row["suspected_since"]),
        suspected_at=maybe_instant(row["suspected_at"]),
        suspicions=row["suspicions"],
        returned_at=maybe_instant(row["returned_at"]),
        steady_from=maybe_instant(row["steady_from"]),
        renewal_held=bool(row["renewal_held"]),
    )

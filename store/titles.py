"""Titles: who has a name, had it, or asks for it; names change hands here alone, by the rule of `store.ownership`."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from store import domains, ownership
from store.destination import Destination
from store.hostname import Hostname
from store.instants import from_ms, to_ms
from store.ownership import Held, Released, Title, Verdict


@dataclass(frozen=True, slots=True)
class Registered:
    """The name is the organisation's; `former` is who lost it by that."""

    destination: Destination
    former: int | None = None


def own_target(db: sqlite3.Connection, organisation_id: int, shared: Hostname) -> Hostname:
    """The CNAME target that only this organisation's records lead to, below the shared one."""
    row = db.execute(
        "SELECT cname_token FROM organisations WHERE id = :id", {"id": organisation_id}
    ).fetchone()
    return Hostname(f"{row['cname_token']}.{shared}")


def title_of(db: sqlite3.Connection, hostname: Hostname) -> Title:
    """Who has, or last had, a name."""
    if domain := domains.by_hostname(db, hostname):
        return Held(domain.destination.organisation_id)
    row = db.execute(
        "SELECT organisation_id, released_at FROM released_names WHERE hostname = :hostname",
        {"hostname": hostname},
    ).fetchone()
    return Released(row["organisation_id"], from_ms(row["released_at"])) if row else None


def register(
    db: sqlite3.Connection,
    organisation_id: int,
    wanted: Destination,
    now: datetime,
    *,
    proved: bool = False,
) -> Registered | Verdict:
    """Make a name the organisation's; or the verdict that stands in the way."""
    title = title_of(db, wanted.hostname)
    verdict = ownership.decide(organisation_id, title, proved=proved, now=now)
    if verdict not in (Verdict.FREE, Verdict.MOVES):
        return verdict
    former = title.organisation_id if isinstance(title, Held) else None
    if verdict is Verdict.MOVES:
        domains.remove(db, wanted.hostname, now)
    destination = replace(wanted, organisation_id=organisation_id)
    domains.add(db, destination, now)
    values = {"hostname": wanted.hostname, "organisation_id": organisation_id}
    db.execute("DELETE FROM released_names WHERE hostname = :hostname", values)
    db.execute("DELETE FROM claims WHERE hostname = :hostname AND organisation_id = :organisation_id", values)
    return Registered(destination, former)


def forget_old(db: sqlite3.Connection, now: datetime) -> int:
    """Forget names whose quarantine is over; how many."""
    gone = db.execute(
        "DELETE FROM released_names WHERE released_at <= :before",
        {"before": to_ms(now - ownership.QUARANTINE)},
    )
    return gone.rowcount


def unconfirmed(db: sqlite3.Connection, now: datetime, limit: int = 100) -> list[Hostname]:
    """Names that were asked for a week ago and never led here, the oldest first."""
    rows = db.execute(
        "SELECT hostname FROM domains WHERE confirmed_at IS NULL AND created_at <= :before"
        " AND organisation_id IS NOT NULL AND confirmation = 'cname' ORDER BY created_at LIMIT :limit",
        {"before": to_ms(now - ownership.UNVERIFIED_KEPT), "limit": limit},
    )
    return [Hostname(row["hostname"]) for row in rows]

"""Notices: what an organisation's admins must be told of their portal's name, and what they were told already."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store import diagnosis as diagnoses
from store.diagnosis import Diagnosis
from store.hostname import Hostname
from store.instants import from_ms, to_ms


class Kind(Enum):
    """What a notice is about."""

    CERTIFICATE = "certificate"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Failing:
    """A name whose certificate could not be renewed at the last try."""

    hostname: Hostname
    organisation_id: int
    serial: str
    not_after: datetime
    words: str
    """The CA's or resolver's own, else the cause."""


@dataclass(frozen=True, slots=True)
class Astray:
    """A name that was live, and whose record leads to us no more."""

    hostname: Hostname
    organisation_id: int
    found: Diagnosis


def admins(db: sqlite3.Connection, organisation_id: int) -> list[str]:
    """The addresses of an organisation's own admins."""
    rows = db.execute(
        "SELECT email FROM staff WHERE organisation_id = :organisation_id AND role = 'admin' ORDER BY id",
        {"organisation_id": organisation_id},
    )
    return [row["email"] for row in rows]


def failing(db: sqlite3.Connection) -> list[Failing]:
    """Portals' own names with a certificate that stands, and that could not be renewed."""
    rows = db.execute(
        "SELECT i.hostname, d.organisation_id, c.serial, c.not_after_at, i.cause, i.detail FROM issuance i"
        " JOIN domains d ON d.hostname = i.hostname JOIN organisations o ON o.id = d.organisation_id"
        " JOIN certificates c ON c.id = (SELECT max(id) FROM certificates WHERE hostname = i.hostname)"
        f" WHERE i.failures > 0 AND {_OWN} ORDER BY i.hostname"
    )
    return [
        Failing(
            hostname=Hostname(row["hostname"]),
            organisation_id=row["organisation_id"],
            serial=row["serial"],
            not_after=from_ms(row["not_after_at"]),
            words=row["detail"] or row["cause"],
        )
        for row in rows
    ]


def astray(db: sqlite3.Connection) -> list[Astray]:
    """Portals' own names that were live, by what the last look at the DNS said."""
    rows = db.execute(
        "SELECT d.hostname, d.organisation_id, d.diagnosis FROM domains d"
        " JOIN organisations o ON o.id = d.organisation_id WHERE d.live_at IS NOT NULL"
        f" AND d.routing_state <> 'ok' AND d.diagnosis IS NOT NULL AND {_OWN} ORDER BY d.hostname"
    )
    found = (
        Astray(Hostname(row["hostname"]), row["organisation_id"], diagnoses.from_json(row["diagnosis"]))
        for row in rows
    )
    return [each for each in found if each.found.certain]


def told(db: sqlite3.Connection, hostname: Hostname, kind: Kind) -> str:
    """What was told last of a name; empty: nothing."""
    row = db.execute(
        "SELECT detail FROM domain_notices WHERE hostname = :hostname AND kind = :kind",
        {"hostname": hostname, "kind": kind.value},
    ).fetchone()
    return row["detail"] if row else ""


def tell(db: sqlite3.Connection, hostname: Hostname, kind: Kind, detail: str, now: datetime) -> None:
    """Keep that this was told."""
    db.execute(
        "INSERT INTO domain_notices (hostname, kind, detail, told_at) VALUES (:hostname, :kind, :detail, :now)"
        " ON CONFLICT (hostname, kind) DO UPDATE SET detail = excluded.detail, told_at = excluded.told_at",
        {"hostname": hostname, "kind": kind.value, "detail": detail, "now": to_ms(now)},
    )


def forget_mended(db: sqlite3.Connection) -> int:
    """Forget what was told of records that are right again; how many."""
    gone = db.execute(
        "DELETE FROM domain_notices WHERE kind = 'record' AND hostname IN"
        " (SELECT hostname FROM domains WHERE routing_state = 'ok')"
    )
    return gone.rowcount


_OWN = "d.room = 'portal' AND d.confirmation = 'cname' AND d.redirect_to IS NULL AND o.status = 'active'"

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
    """A name whose certificate is not renewed: the last try failed, or it has left and none is made."""

    hostname: Hostname
    organisation_id: int
    serial: str
    not_after: datetime
    words: str
    """The CA's or resolver's own, else the cause."""
    moved: Diagnosis | None
    """Where the name leads, by the watch; None: here."""


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
    """Portals' own names with a certificate that stands, and that is not renewed."""
    return [
        *_failing(db, "issuance i JOIN domains d ON d.hostname = i.hostname", "i.failures > 0"),
        *_failing(
            db,
            "watches w JOIN domains d ON d.hostname = w.hostname"
            " LEFT JOIN issuance i ON i.hostname = w.hostname AND i.failures > 0",
            "w.place <> 'here' AND i.hostname IS NULL",
        ),
    ]


def ending(db: sqlite3.Connection, hostname: Hostname) -> tuple[str, datetime] | None:
    """Serial and end of a name's newest certificate."""
    row = db.execute(
        "SELECT serial, not_after_at FROM certificates WHERE hostname = :hostname ORDER BY id DESC LIMIT 1",
        {"hostname": hostname},
    ).fetchone()
    return (row["serial"], from_ms(row["not_after_at"])) if row else None


def astray(db: sqlite3.Connection, hostname: Hostname | None = None) -> list[Astray]:
    """Portals' own names that were live and are not in order, by what the last look said; or one, if it is."""
    rows = db.execute(
        "SELECT d.hostname, d.organisation_id, d.diagnosis FROM domains d"
        " JOIN organisations o ON o.id = d.organisation_id WHERE d.live_at IS NOT NULL"
        " AND (:hostname IS NULL OR d.hostname = :hostname)"
        f" AND d.routing_state <> 'ok' AND d.diagnosis IS NOT NULL AND {_OWN} ORDER BY d.hostname",
        {"hostname": hostname},
    )
    found = (
        Astray(Hostname(row["hostname"]), row["organisation_id"], diagnoses.from_json(row["diagnosis"]))
        for row in rows
    )
    return [each for each in found if each.found.certain]


def mended(db: sqlite3.Connection, hostname: Hostname | None = None) -> list[tuple[Hostname, int]]:
    """Names of which trouble was told, and that are in order again, with their organisations; or one, if it is."""
    rows = db.execute(
        "SELECT d.hostname, d.organisation_id FROM domain_notices n JOIN domains d ON d.hostname = n.hostname"
        " JOIN organisations o ON o.id = d.organisation_id WHERE n.kind = 'record'"
        " AND (:hostname IS NULL OR n.hostname = :hostname)"
        f" AND d.routing_state = 'ok' AND {_OWN} ORDER BY d.hostname",
        {"hostname": hostname},
    )
    return [(Hostname(row["hostname"]), row["organisation_id"]) for row in rows]


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


def forget(db: sqlite3.Connection, hostname: Hostname, kind: Kind) -> None:
    """Forget what was told."""
    db.execute(
        "DELETE FROM domain_notices WHERE hostname = :hostname AND kind = :kind",
        {"hostname": hostname, "kind": kind.value},
    )


_OWN = "d.room = 'portal' AND d.confirmation = 'cname' AND d.redirect_to IS NULL AND o.status = 'active'"


def _failing(db: sqlite3.Connection, names: str, condition: str) -> list[Failing]:
    rows = db.execute(
        "SELECT d.hostname, d.organisation_id, d.diagnosis, d.routing_state, c.serial, c.not_after_at,"
        f" coalesce(i.cause, '') AS cause, coalesce(i.detail, '') AS detail FROM {names}"
        " JOIN organisations o ON o.id = d.organisation_id"
        " JOIN certificates c ON c.id = (SELECT max(id) FROM certificates WHERE hostname = d.hostname)"
        f" WHERE {condition} AND {_OWN} ORDER BY d.hostname"
    )
    return [
        Failing(
            hostname=Hostname(row["hostname"]),
            organisation_id=row["organisation_id"],
            serial=row["serial"],
            not_after=from_ms(row["not_after_at"]),
            words=row["detail"] or row["cause"],
            moved=_found(row),
        )
        for row in rows
    ]


def _found(row: sqlite3.Row) -> Diagnosis | None:
    if row["routing_state"] == "ok" or row["diagnosis"] is None:
        return None
    return diagnoses.from_json(row["diagnosis"])

"""Domains: the hostnames we answer for, and the change log that routing tables follow."""

import json
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import diagnosis as diagnoses
from store import issuance
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Diagnosis, Routing
from store.dns_answers import Survey, to_fields
from store.hostname import Hostname
from store.instants import from_ms, maybe_instant, to_ms


@dataclass(frozen=True, slots=True)
class Domain:
    """A registered hostname with what is known about its way to us."""

    destination: Destination
    routing: Routing
    diagnosis: Diagnosis | None
    checked_at: datetime | None
    live_at: datetime | None
    created_at: datetime
    succeeded_by: Hostname | None = None
    """The organisation's own name that took this one's place."""

    @property
    def hostname(self) -> Hostname:
        return self.destination.hostname


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a revision: each hostname with its destination now, None where it is gone."""

    revision: int
    destinations: dict[Hostname, Destination | None]


class HostnameTaken(Exception):
    """The hostname is registered already; `organisation_id` says by whom (None: the provider)."""

    def __init__(self, hostname: Hostname, organisation_id: int | None):
        super().__init__(f"{hostname} is in use already")
        self.hostname = hostname
        self.organisation_id = organisation_id


def add(db: sqlite3.Connection, destination: Destination, now: datetime) -> None:
    """Register a hostname; `HostnameTaken` when somebody has it."""
    if taken := by_hostname(db, destination.hostname):
        raise HostnameTaken(destination.hostname, taken.destination.organisation_id)
    db.execute(
        "INSERT INTO domains"
        " (hostname, organisation_id, room, upstreams, confirmation, cname_target, redirect_to, created_at)"
        " VALUES (:hostname, :organisation_id, :room, :upstreams, :confirmation, :cname_target, :redirect_to, :now)",
        _values(destination) | {"now": to_ms(now)},
    )


def put_own(db: sqlite3.Connection, destination: Destination, now: datetime) -> None:
    """Register one of the provider's own names, or bring its row in line with the settings."""
    taken = by_hostname(db, destination.hostname)
    if taken is None:
        add(db, destination, now)
    elif taken.destination.organisation_id != destination.organisation_id:
        raise HostnameTaken(destination.hostname, taken.destination.organisation_id)
    elif taken.destination != destination:
        db.execute(
            "UPDATE domains SET room = :room, upstreams = :upstreams, confirmation = :confirmation,"
            " cname_target = :cname_target, redirect_to = :redirect_to WHERE hostname = :hostname",
            _values(destination),
        )


def remove(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> bool:
    """Forget a hostname with its certificates and failures; False when it was not there.

    One that led here for an organisation is remembered as theirs for a while (`store.ownership`).
    """
    issuance.forget(db, hostname)
    db.execute(
        "INSERT OR REPLACE INTO released_names (hostname, organisation_id, released_at)"
        " SELECT hostname, organisation_id, :now FROM domains WHERE hostname = :hostname"
        " AND organisation_id IS NOT NULL AND confirmation = 'cname' AND confirmed_at IS NOT NULL",
        {"hostname": hostname, "now": to_ms(now)},
    )
    db.execute(  # who made place for it serves again
        "UPDATE domains SET succeeded_by = NULL, redirect_to = NULL WHERE succeeded_by = :hostname",
        {"hostname": hostname},
    )
    removed = db.execute("DELETE FROM domains WHERE hostname = :hostname", {"hostname": hostname})
    return removed.rowcount > 0


def by_hostname(db: sqlite3.Connection, hostname: Hostname) -> Domain | None:
    """The registered domain of this name."""
    row = db.execute(f"{_SELECT} WHERE d.hostname = :hostname", {"hostname": hostname}).fetchone()
    return _domain(row) if row else None


def of_organisation(db: sqlite3.Connection, organisation_id: int) -> list[Domain]:
    """An organisation's domains, oldest first."""
    rows = db.execute(f"{_SELECT} WHERE d.organisation_id = :id ORDER BY d.id", {"id": organisation_id})
    return [_domain(row) for row in rows]


def leading_elsewhere(db: sqlite3.Connection, organisation_id: int, instead: Hostname | None) -> list[Domain]:
    """An organisation's own names for its portal that do not lead where they are to: to `instead`, or else to the
    name that took their place, or nowhere."""
    rows = db.execute(
        f"{_SELECT} WHERE d.organisation_id = :id AND d.room = :room AND d.confirmation = :confirmation"
        " AND d.redirect_to IS NOT COALESCE(:instead, d.succeeded_by) ORDER BY d.id",
        {
            "id": organisation_id,
            "room": Room.PORTAL.value,
            "confirmation": Confirmation.CNAME.value,
            "instead": instead,
        },
    )
    return [_domain(row) for row in rows]


def own_of_room(db: sqlite3.Connection, room: Room) -> list[Domain]:
    """The provider's own names for a room."""
    rows = db.execute(f"{_SELECT} WHERE d.organisation_id IS NULL AND d.room = :room", {"room": room.value})
    return [_domain(row) for row in rows]


def every(db: sqlite3.Connection) -> list[Domain]:
    """All domains by name."""
    return [_domain(row) for row in db.execute(f"{_SELECT} ORDER BY d.hostname")]


def set_diagnosis(
    db: sqlite3.Connection,
    hostname: Hostname,
    found: Diagnosis,
    now: datetime,
    survey: Survey | None = None,
) -> None:
    """Keep what the last look at the DNS said; what could not be asked changes no routing state.

    A live name leaves only by its watch, which goes by several looks; it is back by one.
    """
    db.execute(
        "UPDATE domains SET diagnosis = :diagnosis, checked_at = :now, evidence = coalesce(:evidence, evidence),"
        " wrong_since = CASE WHEN NOT :certain THEN wrong_since WHEN :routing = 'ok' THEN NULL"
        " ELSE coalesce(wrong_since, :now) END,"
        " routing_state = CASE WHEN NOT :certain THEN routing_state WHEN :routing = 'ok' THEN 'ok'"
        " WHEN live_at IS NOT NULL AND EXISTS (SELECT 1 FROM watches w WHERE w.hostname = domains.hostname"
        " AND w.place = 'here') THEN routing_state ELSE :routing END,"
        " confirmed_at = CASE WHEN :certain AND :routing = 'ok' THEN coalesce(confirmed_at, :now)"
        " ELSE confirmed_at END WHERE hostname = :hostname",
        {
            "diagnosis": diagnoses.to_json(found),
            "evidence": json.dumps(to_fields(survey)) if survey else None,
            "now": to_ms(now),
            "certain": found.certain,
            "routing": found.routing.value,
            "hostname": hostname,
        },
    )


def set_live(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
    """Keep when our own page was first proved over HTTPS by this name."""
    db.execute(
        "UPDATE domains SET live_at = coalesce(live_at, :now), confirmed_at = coalesce(confirmed_at, :now)"
        " WHERE hostname = :hostname",
        {"now": to_ms(now), "hostname": hostname},
    )


def succeed(db: sqlite3.Connection, organisation_id: int, old: Hostname, new: Hostname) -> None:
    """Keep that one of an organisation's names took another's place, and that of all whose place the other took."""
    db.execute(
        "UPDATE domains SET succeeded_by = :new WHERE organisation_id = :organisation_id"
        " AND (hostname = :old OR succeeded_by = :old)",
        {"organisation_id": organisation_id, "old": old, "new": new},
    )


def set_way(db: sqlite3.Connection, hostname: Hostname, *, behind_proxy: bool, ordered: bool) -> None:
    """Keep whether a proxy stands before the name on purpose, and whether certificates are ordered for it."""
    db.execute(
        "UPDATE domains SET behind_proxy = :behind_proxy, ordered = :ordered WHERE hostname = :hostname",
        {"behind_proxy": behind_proxy, "ordered": ordered, "hostname": hostname},
    )


def changes(db: sqlite3.Connection, since: int) -> Changes:
    """What a routing table that stands at revision `since` must look at again; `since` 0 is everything."""
    rows = db.cursor()
    rows.row_factory = None
    rows.execute(
        f"SELECT c.revision, c.hostname, {_ROUTE} FROM domain_changes c"
        " LEFT JOIN domains d ON d.hostname = c.hostname LEFT JOIN organisations o ON o.id = d.organisation_id"
        " WHERE c.revision > :since ORDER BY c.revision",
        {"since": since},
    )
    revision, found = since, {}
    for row in rows:  # one at a time: at the start these are all names there are
        revision, changed, *route = row
        destination = None if route[0] is None else _destination(route)
        found[destination.hostname if destination else Hostname(changed)] = destination
    return Changes(revision, found)


_ROUTE_WIDTH = 11
_ROUTE = (
    "d.hostname, d.room, d.organisation_id, o.status, d.upstreams, d.confirmation, d.cname_target, d.redirect_to,"
    " d.behind_proxy, d.ordered, d.live_at"
)
_ROOMS = {room.value: room for room in Room}
_CONFIRMATIONS = {confirmation.value: confirmation for confirmation in Confirmation}
_COLUMNS = f"{_ROUTE}, d.routing_state, d.diagnosis, d.checked_at, d.created_at, d.succeeded_by"
_SELECT = f"SELECT {_COLUMNS} FROM domains d LEFT JOIN organisations o ON o.id = d.organisation_id"


def _values(destination: Destination) -> dict[str, object]:
    return {
        "hostname": destination.hostname,
        "organisation_id": destination.organisation_id,
        "room": destination.room.value,
        "upstreams": json.dumps(destination.upstreams),
        "confirmation": destination.confirmation.value,
        "cname_target": destination.cname_target,
        "redirect_to": destination.redirect_to,
    }


def _destination(route: Sequence[Any]) -> Destination:
    """Of a row's `_ROUTE`, by position: at the start there are a hundred thousand of them."""
    hostname, room, organisation_id, status, upstreams, confirmation, target, redirect_to, *flags = route
    behind_proxy, ordered, live_at = flags
    return Destination(
        Hostname(hostname),
        _ROOMS[room],
        organisation_id,
        status == "suspended",
        () if upstreams == "[]" else tuple(json.loads(upstreams)),
        _CONFIRMATIONS[confirmation],
        Hostname(sys.intern(target)) if target else None,  # few, and said often
        Hostname(redirect_to) if redirect_to else None,
        bool(behind_proxy),
        bool(ordered),
        live_at is not None,
    )


def _domain(row: sqlite3.Row) -> Domain:
    return Domain(
        destination=_destination(row[:_ROUTE_WIDTH]),
        routing=Routing(row["routing_state"]),
        diagnosis=diagnoses.from_json(row["diagnosis"]) if row["diagnosis"] else None,
        checked_at=maybe_instant(row["checked_at"]),
        live_at=maybe_instant(row["live_at"]),
        created_at=from_ms(row["created_at"]),
        succeeded_by=row["succeeded_by"],
    )

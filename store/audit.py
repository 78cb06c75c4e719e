"""Audit: who did what to which thing, and when; rows are added, never changed: the store itself refuses it."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store.instants import from_ms, maybe_instant, to_ms


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed: `actor` is staff:3, user:17, cli or system; `organisation_id` None: the provider's own."""

    organisation_id: int | None
    actor: str
    action: str
    object: str
    detail: Mapping[str, str]
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: the last deed that was shown."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds a list shows; empty: all. `until` is the first instant that is too late."""

    actors: tuple[str, ...] = ()
    actor_name: str = ""
    """Of staff; with `actors` beside it: theirs or those."""
    action: str = ""
    object: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A deed as it is kept; `actor_name` is what a member of staff signed in as then."""

    id: int
    entry: Entry
    actor_name: str

    @property
    def place(self) -> Place:
        return Place(self.entry.at, self.id)


def record(db: sqlite3.Connection, entry: Entry) -> None:
    """Keep a deed, in the transaction that does it."""
    db.execute(
        "INSERT INTO audit (organisation_id, actor, actor_name, action, object, detail, address, at)"
        " VALUES (:organisation_id, :actor,"
        " coalesce((SELECT email FROM staff WHERE :actor LIKE 'staff:%' AND id = substr(:actor, 7)), ''),"
        " :action, :object, :detail, :address, :at)",
        {
            "organisation_id": entry.organisation_id,
            "actor": entry.actor,
            "action": entry.action,
            "object": entry.object,
            "detail": json.dumps(dict(entry.detail)),
            "address": entry.address,
            "at": to_ms(entry.at),
        },
    )


def last_at(
    db: sqlite3.Connection, organisation_id: int, action: str, subject: str, since: datetime
) -> datetime | None:
    """When this was last done to that thing, at or after `since`."""
    row = db.execute(
        "SELECT max(at) AS at FROM audit WHERE organisation_id = :organisation_id"
        " AND action = :action AND object = :object AND at >= :since",
        {"organisation_id": organisation_id, "action": action, "object": subject, "since": to_ms(since)},
    ).fetchone()
    return maybe_instant(row["at"])


def of_organisation(db: sqlite3.Connection, organisation_id: int, limit: int = 50) -> list[Entry]:
    """An organisation's last deeds, newest first."""
    return [kept.entry for kept in page(db, organisation_id, Wanted(), None, limit)]


def done_by(
    db: sqlite3.Connection, organisation_id: int | None, actor: str, action: str, limit: int = 50
) -> list[Entry]:
    """The last times that somebody did something, newest first."""
    wanted = Wanted(actors=(actor,), action=action)
    return [kept.entry for kept in page(db, organisation_id, wanted, None, limit)]


def page(
    db: sqlite3.Connection, organisation_id: int | None, wanted: Wanted, after: Place | None, limit: int
) -> list[Kept]:
    """Deeds, newest first, that come after a place; `organisation_id` None: the provider's own."""
    conditions, values = _conditions(wanted)
    if after:
        conditions.append("(at, id) < (:after_at, :after_id)")
        values |= {"after_at": to_ms(after.at), "after_id": after.id}
    rows = db.execute(
        "SELECT id, organisation_id, actor, actor_name, action, object, detail, address, at FROM audit"
        f" WHERE {' AND '.join(['organisation_id IS :organisation_id', *conditions])}"
        " ORDER BY at DESC, id DESC LIMIT :limit",
        values | {"organisation_id": organisation_id, "limit": limit},
    )
    return [Kept(row["id"], _entry(row), row["actor_name"]) for row in rows]


def actions(db: sqlite3.Connection, organisation_id: int | None) -> list[str]:
    """What was ever done, by its code; one look into the index for each."""
    found: list[str] = []
    while True:
        row = db.execute(
            "SELECT min(action) AS action FROM audit"
            " WHERE organisation_id IS :organisation_id AND action > :after",
            {"organisation_id": organisation_id, "after": found[-1] if found else ""},
        ).fetchone()
        if row["action"] is None:
            return found
        found.append(row["action"])


def _conditions(wanted: Wanted) -> tuple[list[str], dict[str, object]]:
    conditions: list[str] = []
    values: dict[str, object] = {}
    who = []
    for number, actor in enumerate(wanted.actors):
        who.append(f"actor = :actor{number}")
        values[f"actor{number}"] = actor
    if wanted.actor_name:
        who.append("(actor_name <> '' AND actor_name = :actor_name)")
        values["actor_name"] = wanted.actor_name
    if who:
        conditions.append(f"({' OR '.join(who)})")
    if wanted.action:
        # A plus keeps the index away: what somebody did is few, whoever else did the same is many.
        narrower = bool(who or wanted.object)
        conditions.append("+action = :action" if narrower else "action = :action")
        values["action"] = wanted.action
    if wanted.object:
        conditions.append("object = :object")
        values["object"] = wanted.object
    if wanted.since:
        conditions.append("at >= :since")
        values["since"] = to_ms(wanted.since)
    if wanted.until:
        conditions.append("at < :until")
        values["until"] = to_ms(wanted.until)
    return conditions, values


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        organisation_id=row["organisation_id"],
        actor=row["actor"],
        action=row["action"],
        object=row["object"],
        detail=json.loads(row["detail"]),
        address=row["address"],
        at=from_ms(row["at"]),
    )

"""Bulk deeds: what an admin does to many customers' people, written down whole and then done row by row.

Whom it is about is listed first, by reference, and what was listed stands: a deed that changes what its own search
matches still reaches everybody who matched when it began. A process that ends leaves the rest for the next one.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store import candidates, customers
from store.candidates import Candidate, Kind, Outcome, outlook
from store.customers import Search, Show
from store.instants import from_ms, maybe_instant, to_ms


class State(StrEnum):
    """How far a deed has come."""

    LISTING = "listing"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Selection:
    """Whom a deed is about: the customers that were ticked, or (None) all that a search finds."""

    accounts: tuple[int, ...] | None
    search: Search


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed on many."""

    id: int
    organisation_id: int
    kind: Kind
    selection: Selection
    listed_to: str
    state: State
    asked_by: str
    address: str
    created_at: datetime
    finished_at: datetime | None


def begin(
    db: sqlite3.Connection,
    organisation_id: int,
    kind: Kind,
    selection: Selection,
    *,
    asked_by: str,
    address: str,
    now: datetime,
) -> int:
    """Write down a deed; the job does it."""
    row = db.execute(
        "INSERT INTO bulk_deeds (organisation_id, kind, selection, asked_by, address, created_at)"
        " VALUES (:organisation_id, :kind, :selection, :asked_by, :address, :now) RETURNING id",
        {
            "organisation_id": organisation_id,
            "kind": kind,
            "selection": _to_json(selection),
            "asked_by": asked_by,
            "address": address,
            "now": to_ms(now),
        },
    ).fetchone()
    return int(row["id"])


def selected(
    db: sqlite3.Connection, organisation_id: int, selection: Selection, after: str, limit: int
) -> list[tuple[str, int]]:
    """References and ids of the customers of a selection, from a reference on."""
    chosen = (
        "" if selection.accounts is None else " AND v.account_id IN (SELECT value FROM json_each(:accounts))"
    )
    rows = db.execute(
        "SELECT v.reference, v.account_id FROM visible_accounts v WHERE v.organisation_id = :organisation_id"
        f"{customers.condition(selection.search)}{chosen} AND v.reference > :after"
        " ORDER BY v.reference LIMIT :limit",
        customers.values(organisation_id, selection.search)
        | {"accounts": json.dumps(selection.accounts), "after": after, "limit": limit},
    )
    return [(row["reference"], row["account_id"]) for row in rows]


def set_state(
    db: sqlite3.Connection, organisation_id: int, deed_id: int, state: State, now: datetime
) -> None:
    """All are listed, or all is done."""
    db.execute(
        "UPDATE bulk_deeds SET state = :state, finished_at = CASE WHEN :state = 'done' THEN :now END"
        " WHERE organisation_id = :organisation_id AND id = :deed_id",
        {"organisation_id": organisation_id, "deed_id": deed_id, "state": state, "now": to_ms(now)},
    )


def find(db: sqlite3.Connection, organisation_id: int, deed_id: int) -> Deed | None:
    """A deed of this organisation."""
    row = db.execute(
        "SELECT * FROM bulk_deeds WHERE organisation_id = :organisation_id AND id = :deed_id",
        {"organisation_id": organisation_id, "deed_id": deed_id},
    ).fetchone()
    return _deed(row) if row else None


def recent(db: sqlite3.Connection, organisation_id: int, limit: int) -> list[Deed]:
    """The last deeds, the newest first."""
    found = db.execute(
        "SELECT * FROM bulk_deeds WHERE organisation_id = :organisation_id ORDER BY id DESC LIMIT :limit",
        {"organisation_id": organisation_id, "limit": limit},
    )
    return [_deed(row) for row in found]


def unfinished(db: sqlite3.Connection) -> list[Deed]:
    """Whoever's deeds that are not done, the oldest first: for the job."""
    return [
        _deed(row)
        for row in db.execute("SELECT * FROM bulk_deeds WHERE state <> 'done' ORDER BY id LIMIT 50")
    ]


def preview(
    db: sqlite3.Connection, organisation_id: int, kind: Kind, account_ids: Sequence[int]
) -> list[tuple[Candidate, Outcome]]:
    """What a deed would come to, were it done now."""
    found = candidates.of_accounts(db, organisation_id, kind, account_ids)
    return [(candidate, outlook(kind, candidate)) for candidate in found]


def _to_json(selection: Selection) -> str:
    search = selection.search
    return json.dumps({"accounts": selection.accounts, "text": search.text, "show": search.show})


def _selection(text: str) -> Selection:
    kept = json.loads(text)
    accounts = None if kept["accounts"] is None else tuple(kept["accounts"])
    return Selection(accounts, Search(kept["text"], Show(kept["show"])))


def _deed(row: sqlite3.Row) -> Deed:
    return Deed(
        id=row["id"],
        organisation_id=row["organisation_id"],
        kind=Kind(row["kind"]),
        selection=_selection(row["selection"]),
        listed_to=row["listed_to"],
        state=State(row["state"]),
        asked_by=row["asked_by"],
        address=row["address"],
        created_at=from_ms(row["created_at"]),
        finished_at=maybe_instant(row["finished_at"]),
    )

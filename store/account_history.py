"""Account history: what became of a customer's details, whoever changed them: people, staff, or an import.

The log of edits has what customers and staff did; what imports changed is read from the revisions that they left.
"""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from store.accounts import FIELDS
from store.instants import from_ms

IMPORT = "import"
"""The actor of what the organisation's own system said."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the history: the event after which it goes on."""

    at: int
    source: int
    id: int


@dataclass(frozen=True, slots=True)
class Change:
    """A field: what it was, and what it is since."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """Changes of one moment; `actor` as the audit writes it, or `IMPORT`; `user`: an address, if they still are."""

    cursor: Cursor
    at: datetime
    actor: str
    user: str
    changes: tuple[Change, ...]

    @property
    def user_id(self) -> int | None:
        """The customer's user who did it; None: it was the organisation."""
        kind, _, number = self.actor.partition(":")
        return int(number) if kind == "user" and number.isdecimal() else None


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    fields: Collection[str],
    after: Cursor | None,
    limit: int,
) -> list[Event]:
    """What changed in these fields, the newest first, from a place on; an event of no other field has no changes."""
    shown = [field for field in FIELDS if field in fields]
    if not shown:
        return []
    rows = db.execute(
        _statement(shown),
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "at": after.at if after else 1 << 62,
            "source": after.source if after else 0,
            "id": after.id if after else 0,
            "limit": limit,
        },
    )
    return [_event(row) for row in rows]


def _statement(fields: list[str]) -> str:
    names = ", ".join(f"'{field}'" for field in fields)
    before = ", ".join(f"lag(r.{field}) OVER w AS before_{field}" for field in fields)
    pairs = ", ".join(f"json_array('{field}', before_{field}, {field})" for field in fields)
    differ = " OR ".join(f"before_{field} <> {field}" for field in fields)
    return f"""
WITH mine AS (
    SELECT r.id, b.published_at AS at, {", ".join(f"r.{field}" for field in fields)}, {before}
    FROM account_revisions r
    JOIN batches b ON b.organisation_id = r.organisation_id AND b.id = r.batch_id AND b.state = 'published'
    WHERE r.organisation_id = :organisation_id AND r.account_id = :account_id
    WINDOW w AS (ORDER BY b.published_at, r.id)
), events AS (
    SELECT at, 0 AS source, id, '{IMPORT}' AS actor, '' AS user, json_array({pairs}) AS changes
    FROM mine WHERE {differ}
    UNION ALL
    SELECT l.edited_at, 1, l.id, l.actor, coalesce(u.email, ''),
        json_array(json_array(l.field, l.previous, l.value))
    FROM account_edit_log l
    LEFT JOIN users u ON u.organisation_id = l.organisation_id AND l.actor = 'user:' || u.id
        AND u.id = CAST(substr(l.actor, 6) AS INTEGER)
    WHERE l.organisation_id = :organisation_id AND l.account_id = :account_id AND l.field IN ({names})
)
SELECT * FROM events WHERE (at, source, id) < (:at, :source, :id)
ORDER BY at DESC, source DESC, id DESC LIMIT :limit"""


def _event(row: sqlite3.Row) -> Event:
    return Event(
        cursor=Cursor(row["at"], row["source"], row["id"]),
        at=from_ms(row["at"]),
        actor=row["actor"],
        user=row["user"],
        changes=tuple(
            Change(field, before, after)
            for field, before, after in json.loads(row["changes"])
            if before != after
        ),
    )

"""The list of batches: narrowed by kind and state, page by page from the newest down, with who brought each."""

import sqlite3
from dataclasses import dataclass

from store import batches
from store.batches import Batch, State

A_PAGE = 50
SHOWN: tuple[State, ...] = ("draft", "published", "withdrawn", "staging")
"""What an import that died left behind is no batch to anybody."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which batches; empty: all kinds, all states that are shown."""

    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A batch, and who asked for it where an import did: staff:3, cli; empty: not known."""

    batch: Batch
    actor: str


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    chosen: Filter,
    before: int | None = None,
    limit: int = A_PAGE,
) -> list[Line]:
    """Batches from the newest down; the next page is `before` the last one's id."""
    rows = db.execute(
        _PAGE,
        {
            "organisation": organisation_id,
            "kind": chosen.kind,
            "state": chosen.state,
            "before": before,
            "limit": limit,
        },
    ).fetchall()
    found = [batches.by_id(db, organisation_id, row["id"]) for row in rows]
    return [Line(batch, row["actor"]) for batch, row in zip(found, rows, strict=True) if batch]


def drafts(db: sqlite3.Connection, organisation_id: int) -> int:
    """How many batches wait to be published."""
    return int(
        db.execute(
            "SELECT count(*) FROM batches WHERE organisation_id = :organisation AND state = 'draft'",
            {"organisation": organisation_id},
        ).fetchone()[0]
    )


_PAGE = """
SELECT b.id, coalesce((SELECT a.actor FROM attempts a
    WHERE a.organisation_id = b.organisation_id AND a.batch_id = b.id), '') AS actor
FROM batches b WHERE b.organisation_id = :organisation AND b.state <> 'abandoned'
AND (:kind = '' OR b.kind = :kind) AND (:state = '' OR b.state = :state) AND (:before IS NULL OR b.id < :before)
ORDER BY b.id DESC LIMIT :limit"""

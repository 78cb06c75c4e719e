"""Awaited: names on their way to live that nobody has a page open of; each is looked at again, ever more seldom."""

import sqlite3
from datetime import datetime, timedelta

from store.hostname import Hostname
from store.instants import to_ms

SOONEST = timedelta(minutes=1)
SELDOMEST = timedelta(hours=1)
SHARE = 20
"""A name that was chosen an hour ago is looked at every three minutes: a twentieth of its age apart."""
GIVEN_UP = timedelta(days=7)
"""After so long only somebody who looks at the page has it looked at."""


def due(db: sqlite3.Connection, now: datetime, limit: int) -> list[Hostname]:
    """Names of switched-on portals that were looked at before and whose turn has come, the longest waiting first."""
    rows = db.execute(
        "SELECT d.hostname FROM domains d JOIN organisations o ON o.id = d.organisation_id AND o.status = 'active'"
        " JOIN portals p ON p.organisation_id = d.organisation_id AND p.enabled"
        " WHERE d.live_at IS NULL AND d.created_at > :oldest AND d.room = 'portal' AND d.redirect_to IS NULL"
        " AND d.checked_at <= :now - max(:soonest, min(:seldomest, (:now - d.created_at) / :share))"
        " ORDER BY d.checked_at LIMIT :limit",
        {
            "now": to_ms(now),
            "oldest": to_ms(now - GIVEN_UP),
            "soonest": SOONEST // timedelta(milliseconds=1),
            "seldomest": SELDOMEST // timedelta(milliseconds=1),
            "share": SHARE,
            "limit": limit,
        },
    )
    return [Hostname(row["hostname"]) for row in rows]

"""Retention: calls older than an organisation keeps them go; what they came to stays, by month, without a number.

A call of a draft, or one that a draft would replace, waits until the draft is published or withdrawn.
"""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from store import rollups
from store.instants import from_ms, to_ms

ROWS = 400
"""Calls a transaction; so many take some 6 ms."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long an organisation keeps its customers' calls; days begin at its place."""

    organisation_id: int
    days: int
    time_zone: str

    def cutoff(self, now: datetime) -> datetime:
        """Calls that started before this instant go."""
        zone = ZoneInfo(self.time_zone)
        first_day = now.astimezone(zone).date() - timedelta(days=self.days)
        return datetime.combine(first_day, time(), zone).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Place:
    """A call, as the key in which calls are clustered within an account."""

    started: int
    external_hash: int
    batch_id: int


@dataclass(frozen=True, slots=True)
class Folded:
    """One step's outcome: how many calls went, and where to go on; None: nothing older is left."""

    removed: int
    then: Place | None


def set_days(db: sqlite3.Connection, organisation_id: int, days: int | None) -> None:
    """Keep calls for so many days; None: for ever."""
    db.execute(
        "UPDATE organisations SET keep_calls_days = :days WHERE id = :organisation_id",
        {"organisation_id": organisation_id, "days": days},
    )


def rule_of(db: sqlite3.Connection, organisation_id: int) -> Rule | None:
    """The organisation's rule; None: it keeps calls for ever."""
    row = db.execute(f"{_RULES} AND id = :id", {"id": organisation_id}).fetchone()
    return _rule(row) if row else None


def kept_from(db: sqlite3.Connection, organisation_id: int, now: datetime) -> int:
    """Seconds since 1970 at which the calls that are kept begin; 0: all are. Older ones must not come in again."""
    rule = rule_of(db, organisation_id)
    return to_ms(rule.cutoff(now)) // 1000 if rule else 0


def rules(db: sqlite3.Connection) -> list[Rule]:
    """Every organisation that keeps calls for a while only."""
    return [_rule(row) for row in db.execute(f"{_RULES} ORDER BY id")]


def accounts_due(
    db: sqlite3.Connection, organisation_id: int, cutoff: datetime, after: int, limit: int = 500
) -> list[int]:
    """Accounts beyond `after` with calls before the cutoff; one look into the clustered key for each account."""
    rows = db.execute(
        "SELECT a.id FROM accounts a WHERE a.organisation_id = :organisation_id AND a.id > :after"
        " AND EXISTS (SELECT 1 FROM calls c WHERE c.organisation_id = a.organisation_id"
        " AND c.account_id = a.id AND c.started < :cutoff) ORDER BY a.id LIMIT :limit",
        {
            "organisation_id": organisation_id,
            "after": after,
            "cutoff": to_ms(cutoff) // 1000,
            "limit": limit,
        },
    )
    return [row["id"] for row in rows]


def count_due(db: sqlite3.Connection, organisation_id: int, cutoff: datetime) -> tuple[int, int]:
    """How many calls, of how many accounts, are older than the cutoff."""
    row = db.execute(
        "SELECT coalesce(sum(n), 0) AS calls, count(*) AS accounts FROM (SELECT (SELECT count(*) FROM calls c"
        " WHERE c.organisation_id = a.organisation_id AND c.account_id = a.id AND c.started < :cutoff) AS n"
        " FROM accounts a WHERE a.organisation_id = :organisation_id) WHERE n > 0",
        {"organisation_id": organisation_id, "cutoff": to_ms(cutoff) // 1000},
    ).fetchone()
    return row["calls"], row["accounts"]


def fold(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    cutoff: datetime,
    zone: ZoneInfo,
    after: Place | None = None,
) -> Folded:
    """Delete an account's oldest calls before the cutoff, and add what the visible ones came to to the history."""
    rows = db.execute(
        _OLDEST if after is None else _OLDEST_AFTER,
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "cutoff": to_ms(cutoff) // 1000,
            "started": after.started if after else None,
            "hash": after.external_hash if after else None,
            "batch": after.batch_id if after else None,
            "rows": ROWS,
        },
    ).fetchall()
    gone = [row for row in rows if not row["waits"]]
    _add(db, organisation_id, account_id, [row for row in gone if row["counts"]], zone)
    of_account = [(organisation_id, account_id, row["started"], row["external_hash"]) for row in gone]
    db.executemany(_DELETE, [(*key, row["batch_id"]) for key, row in zip(of_account, gone, strict=True)])
    db.executemany(_DELETE_ID, of_account)
    if gone:
        rollups.moved(db, organisation_id, account_id)
    if len(rows) < ROWS:
        return Folded(len(gone), None)
    last = rows[-1]
    return Folded(len(gone), Place(last["started"], last["external_hash"], last["batch_id"]))


def _add(
    db: sqlite3.Connection, organisation_id: int, account_id: int, rows: list[sqlite3.Row], zone: ZoneInfo
) -> None:
    sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0] * (1 + len(_SUMMED)))
    for row in rows:
        month = f"{from_ms(row['started'] * 1000).astimezone(zone):%Y-%m}"
        total = sums[(row["invoice_id"] or 0, row["line_position"] or 0, month, *(row[n] for n in _KIND))]
        total[0] += 1
        for index, name in enumerate(_SUMMED, 1):
            total[index] += row[name]
    db.executemany(_PUT, [(organisation_id, account_id, *key, *total) for key, total in sums.items()])


_KIND = ("type", "direction", "in_bundle", "currency", "batch_id")
"""With invoice, line and month the key of the history, in its order."""
_SUMMED = ("duration_seconds", "billed_seconds", "data_bytes", "net_price")
_COLUMNS = (*_KIND, *_SUMMED)
_WAITING = "('staging', 'draft')"
_SELECT = f"""
SELECT c.started, c.external_hash, c.invoice_id, c.line_position, {", ".join(f"c.{name}" for name in _COLUMNS)},
    b.state IN {_WAITING} OR coalesce(s.state, '') IN {_WAITING} AS waits,
    b.state = 'published' AND coalesce(s.state, '') <> 'published' AS counts
FROM calls c JOIN batches b ON b.id = c.batch_id LEFT JOIN batches s ON s.id = c.superseded_by
WHERE c.organisation_id = :organisation_id AND c.account_id = :account_id AND c.started < :cutoff"""
_ORDER = " ORDER BY c.started, c.external_hash, c.batch_id LIMIT :rows"
_OLDEST = _SELECT + _ORDER
_OLDEST_AFTER = _SELECT + " AND (c.started, c.external_hash, c.batch_id) > (:started, :hash, :batch)" + _ORDER
_NAMES = ("calls", *_SUMMED)
_PUT = f"""
INSERT INTO call_history (organisation_id, account_id, invoice_id, line_position, month, {", ".join(_KIND)},
    {", ".join(_NAMES)}) VALUES ({", ".join("?" * (5 + len(_KIND) + len(_NAMES)))})
ON CONFLICT (organisation_id, account_id, invoice_id, line_position, month, {", ".join(_KIND)})
DO UPDATE SET {", ".join(f"{name} = {name} + excluded.{name}" for name in _NAMES)}"""
_DELETE = (
    "DELETE FROM calls WHERE organisation_id = ? AND account_id = ? AND started = ? AND external_hash = ?"
    " AND batch_id = ?"
)
_DELETE_ID = (
    "DELETE FROM call_ids WHERE organisation_id = ?1 AND span = ?3 >> 22 AND external_hash = ?4"
    " AND account_id = ?2 AND started = ?3"
)
_RULES = "SELECT id, keep_calls_days, time_zone FROM organisations WHERE keep_calls_days IS NOT NULL"


def _rule(row: sqlite3.Row) -> Rule:
    return Rule(row["id"], row["keep_calls_days"], row["time_zone"])

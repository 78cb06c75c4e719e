"""Attempts: every import that was asked for, also those that were refused, failed or only looked.

waiting ──> running ──> checked (a dry run), imported, refused
   └───────────┴─────> failed (its file could not be read, or its process died)
"""

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from store import leases
from store.instants import from_ms, maybe_instant, to_ms

Mode = Literal["all", "good_rows", "dry_run"]
"""All rows or none; those that are good; none, only looking."""
State = Literal["waiting", "running", "checked", "imported", "refused", "failed"]
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants imported; `actor` as the audit writes it: staff:3, cli."""

    kind: str
    file_name: str
    actor: str
    source_name: str = ""
    mode: Mode = "all"
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended."""

    state: State
    rows_read: int = 0
    rows_added: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_superseded: int = 0
    rows_refused: int = 0
    reason: str = ""
    notices: tuple[str, ...] = ()
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One import that was asked for, as far as it is."""

    id: int
    organisation_id: int
    asked: Asked
    outcome: Outcome
    owner: str
    phase: str
    done: int
    total: int
    header: tuple[str, ...]
    delimiter: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def state(self) -> State:
        return self.outcome.state

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None


def create(db: sqlite3.Connection, organisation_id: int, asked: Asked, now: datetime) -> int:
    """Write down what was asked for; its id."""
    row = db.execute(
        "INSERT INTO attempts (organisation_id, kind, file_name, actor, source_name, mode, draft, created_at)"
        " VALUES (:organisation_id, :kind, :file_name, :actor, :source_name, :mode, :draft, :now) RETURNING id",
        asdict(asked) | {"organisation_id": organisation_id, "now": to_ms(now)},
    ).fetchone()
    return int(row["id"])


def begin(db: sqlite3.Connection, organisation_id: int, attempt_id: int, owner: str) -> Attempt | None:
    """A process takes a waiting attempt on; None: it waits no more."""
    taken = db.execute(
        "UPDATE attempts SET state = 'running', owner = :owner"
        " WHERE organisation_id = :organisation_id AND id = :id AND state = 'waiting'",
        {"organisation_id": organisation_id, "id": attempt_id, "owner": owner},
    ).rowcount
    return find(db, organisation_id, attempt_id) if taken else None


def again(db: sqlite3.Connection, organisation_id: int, attempt_id: int) -> bool:
    """Let an attempt wait once more that failed, or whose process is dead: the same file again does no harm."""
    attempt = find(db, organisation_id, attempt_id)
    if attempt is None or attempt.state not in ("failed", "running"):
        return False
    if attempt.state == "running" and leases.lives(attempt.owner):
        return False
    db.execute(
        "UPDATE attempts SET state = 'waiting', owner = '', phase = '', done = 0, total = 0, reason = '',"
        " finished_at = NULL WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": attempt_id},
    )
    return True


def progress(
    db: sqlite3.Connection, organisation_id: int, attempt_id: int, phase: str, done: int, total: int
) -> None:
    """How far it is, for whoever looks."""
    db.execute(
        "UPDATE attempts SET phase = :phase, done = :done, total = :total"
        " WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": attempt_id, "phase": phase, "done": done, "total": total},
    )


def keep_header(
    db: sqlite3.Connection, organisation_id: int, attempt_id: int, header: tuple[str, ...], delimiter: str
) -> None:
    """The file's own columns and what divides them, for its refused rows."""
    db.execute(
        "UPDATE attempts SET header = :header, delimiter = :delimiter"
        " WHERE organisation_id = :organisation_id AND id = :id",
        {
            "organisation_id": organisation_id,
            "id": attempt_id,
            "header": json.dumps(header),
            "delimiter": delimiter,
        },
    )


def finish(
    db: sqlite3.Connection, organisation_id: int, attempt_id: int, outcome: Outcome, now: datetime
) -> None:
    """Write down how it ended."""
    values = asdict(outcome) | {
        "organisation_id": organisation_id,
        "id": attempt_id,
        "reason": outcome.reason[:LONGEST_REASON],
        "notices": json.dumps(outcome.notices),
        "now": to_ms(now),
    }
    db.execute(
        "UPDATE attempts SET state = :state, owner = '', rows_read = :rows_read, rows_added = :rows_added,"
        " rows_changed = :rows_changed, rows_unchanged = :rows_unchanged, rows_superseded = :rows_superseded,"
        " rows_refused = :rows_refused, reason = :reason, notices = :notices, batch_id = :batch_id,"
        " finished_at = :now"
        " WHERE organisation_id = :organisation_id AND id = :id AND state IN ('waiting', 'running')",
        values,
    )


def fail(db: sqlite3.Connection, organisation_id: int, attempt_id: int, reason: str, now: datetime) -> None:
    """It cannot be done, for this reason; one that is over stays as it is."""
    finish(db, organisation_id, attempt_id, Outcome("failed", reason=reason), now)


def find(db: sqlite3.Connection, organisation_id: int, attempt_id: int) -> Attempt | None:
    """The attempt of this id."""
    row = db.execute(
        "SELECT * FROM attempts WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": attempt_id},
    ).fetchone()
    return _attempt(row) if row else None


def of_batch(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> Attempt | None:
    """The attempt that made a batch."""
    row = db.execute(
        "SELECT * FROM attempts WHERE organisation_id = :organisation_id AND batch_id = :batch_id",
        {"organisation_id": organisation_id, "batch_id": batch_id},
    ).fetchone()
    return _attempt(row) if row else None


def page(
    db: sqlite3.Connection, organisation_id: int, before: int | None = None, limit: int = 50
) -> list[Attempt]:
    """Attempts from the newest down; the next page is `before` the last one's id."""
    rows = db.execute(
        "SELECT * FROM attempts WHERE organisation_id = :organisation_id AND (:before IS NULL OR id < :before)"
        " ORDER BY id DESC LIMIT :limit",
        {"organisation_id": organisation_id, "before": before, "limit": limit},
    )
    return [_attempt(row) for row in rows]


def running(db: sqlite3.Connection) -> list[Attempt]:
    """Every attempt of any organisation that runs, or ran when its process died."""
    return [_attempt(row) for row in db.execute("SELECT * FROM attempts WHERE state = 'running' ORDER BY id")]


def _attempt(row: sqlite3.Row) -> Attempt:
    return Attempt(
        id=row["id"],
        organisation_id=row["organisation_id"],
        asked=Asked(
            row["kind"], row["file_name"], row["actor"], row["source_name"], row["mode"], bool(row["draft"])
        ),
        outcome=Outcome(
            row["state"],
            rows_read=row["rows_read"],
            rows_added=row["rows_added"],
            rows_changed=row["rows_changed"],
            rows_unchanged=row["rows_unchanged"],
            rows_superseded=row["rows_superseded"],
            rows_refused=row["rows_refused"],
            reason=row["reason"],
            notices=tuple(json.loads(row["notices"])),
            batch_id=row["batch_id"],
        ),
        owner=row["owner"],
        phase=row["phase"],
        done=row["done"],
        total=row["total"],
        header=tuple(json.loads(row["header"])),
        delimiter=row["delimiter"],
        created_at=from_ms(row["created_at"]),
        finished_at=maybe_instant(row["finished_at"]),
    )

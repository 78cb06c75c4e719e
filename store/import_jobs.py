"""Import jobs: attempts that a child process of `serve` makes, one at a time an organisation, few in all.

waiting ──> running ──> done | failed | cancelled
   └─────────────────────────────> cancelled
        (running goes back to waiting when its server and its child died: the same file again changes nothing)

What came of the import itself is in its attempt.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from store import attempts
from store.instants import from_ms, maybe_instant, to_ms

State = Literal["waiting", "running", "done", "failed", "cancelled"]
End = Literal["done", "failed", "cancelled"]

CANCELLED = "it was cancelled before it was done; nothing was changed"
MOST_AT_ONCE = 2
MOST_TRIES = 3
"""So often an import is begun before it counts as one that takes its server down."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt and the file it is made with."""

    organisation_id: int
    attempt_id: int
    upload_id: int
    state: State
    tries: int
    owner: str
    child: str
    cancelled_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ("waiting", "running")


def ask(db: sqlite3.Connection, organisation_id: int, attempt_id: int, upload_id: int, now: datetime) -> None:
    """Queue an attempt that waits, with the file that it shall be made with."""
    db.execute(
        "INSERT INTO import_jobs (organisation_id, attempt_id, upload_id, created_at)"
        " VALUES (:organisation, :attempt, :upload, :now)",
        {
            "organisation": organisation_id,
            "attempt": attempt_id,
            "upload": upload_id,
            "now": to_ms(now),
        },
    )


def find(db: sqlite3.Connection, organisation_id: int, attempt_id: int) -> Job | None:
    """The job of an attempt; attempts from the command line have none."""
    row = db.execute(
        "SELECT * FROM import_jobs WHERE organisation_id = :organisation AND attempt_id = :attempt",
        {"organisation": organisation_id, "attempt": attempt_id},
    ).fetchone()
    return _job(row) if row else None


def of_attempts(db: sqlite3.Connection, organisation_id: int, attempt_ids: Iterable[int]) -> dict[int, Job]:
    """The jobs of some attempts, by attempt."""
    found = (find(db, organisation_id, attempt_id) for attempt_id in attempt_ids)
    return {job.attempt_id: job for job in found if job}


def is_in_use(db: sqlite3.Connection, organisation_id: int, upload_id: int) -> bool:
    """Whether an import of this file waits or runs."""
    return bool(
        db.execute(
            "SELECT EXISTS (SELECT 1 FROM import_jobs WHERE organisation_id = :organisation"
            " AND upload_id = :upload AND state IN ('waiting', 'running'))",
            {"organisation": organisation_id, "upload": upload_id},
        ).fetchone()[0]
    )


def cancel(
    db: sqlite3.Connection, organisation_id: int, attempt_id: int, actor: str, now: datetime
) -> Job | None:
    """Ask for the end of a job: one that waits is over, one that runs is ended by whoever looks after it.

    The job as it stood before; None: there is none, or it is over.
    """
    job = find(db, organisation_id, attempt_id)
    if job is None or not job.open:
        return None
    db.execute(
        "UPDATE import_jobs SET cancelled_by = :actor,"
        " finished_at = CASE state WHEN 'waiting' THEN :now END,"
        " state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END"
        " WHERE organisation_id = :organisation AND attempt_id = :attempt",
        {
            "organisation": organisation_id,
            "attempt": attempt_id,
            "actor": actor,
            "now": to_ms(now),
        },
    )
    if job.state == "waiting":
        attempts.fail(db, organisation_id, attempt_id, CANCELLED, now)
    return job


def claimable(db: sqlite3.Connection) -> Job | None:
    """The oldest job of any organisation that may begin now."""
    row = db.execute(_CLAIMABLE, {"most": MOST_AT_ONCE}).fetchone()
    return _job(row) if row else None


def claim(db: sqlite3.Connection, owner: str, now: datetime) -> Job | None:
    """Begin the oldest job that may begin now, looked after by `owner`."""
    job = claimable(db)
    if job is None:
        return None
    db.execute(
        "UPDATE import_jobs SET state = 'running', tries = tries + 1, owner = :owner, child = '',"
        " started_at = :now WHERE organisation_id = :organisation AND attempt_id = :attempt",
        {
            "organisation": job.organisation_id,
            "attempt": job.attempt_id,
            "owner": owner,
            "now": to_ms(now),
        },
    )
    return find(db, job.organisation_id, job.attempt_id)


def running(db: sqlite3.Connection) -> list[Job]:
    """Every organisation's running jobs, also those whose server died."""
    return [_job(row) for row in db.execute("SELECT * FROM import_jobs WHERE state = 'running'")]


def set_child(db: sqlite3.Connection, organisation_id: int, attempt_id: int, child: str) -> None:
    """The process that imports, as `leases` names it."""
    db.execute(
        "UPDATE import_jobs SET child = :child"
        " WHERE organisation_id = :organisation AND attempt_id = :attempt AND state = 'running'",
        {"organisation": organisation_id, "attempt": attempt_id, "child": child},
    )


def adopt(db: sqlite3.Connection, organisation_id: int, attempt_id: int, before: str, owner: str) -> bool:
    """Look after a job from here on; False when another process was faster than we."""
    changed = db.execute(
        "UPDATE import_jobs SET owner = :owner WHERE organisation_id = :organisation"
        " AND attempt_id = :attempt AND state = 'running' AND owner = :before",
        {
            "organisation": organisation_id,
            "attempt": attempt_id,
            "before": before,
            "owner": owner,
        },
    )
    return changed.rowcount == 1


def end(
    db: sqlite3.Connection,
    organisation_id: int,
    attempt_id: int,
    state: End,
    now: datetime,
) -> None:
    """A running job is over."""
    db.execute(
        "UPDATE import_jobs SET state = :state, owner = '', child = '', finished_at = :now"
        " WHERE organisation_id = :organisation AND attempt_id = :attempt AND state = 'running'",
        {
            "organisation": organisation_id,
            "attempt": attempt_id,
            "state": state,
            "now": to_ms(now),
        },
    )


def wait_again(db: sqlite3.Connection, organisation_id: int, attempt_id: int) -> bool:
    """Let a running job begin once more, whose child was ended through no fault of its own; False: it is over."""
    if not attempts.again(db, organisation_id, attempt_id):
        attempt = attempts.find(db, organisation_id, attempt_id)
        if attempt is None or attempt.state != "waiting":
            return False
    db.execute(
        "UPDATE import_jobs SET state = 'waiting', owner = '', child = ''"
        " WHERE organisation_id = :organisation AND attempt_id = :attempt AND state = 'running'",
        {"organisation": organisation_id, "attempt": attempt_id},
    )
    return True


_CLAIMABLE = """
SELECT j.* FROM import_jobs j JOIN organisations o ON o.id = j.organisation_id
WHERE j.state = 'waiting' AND o.status = 'active'
AND (SELECT count(*) FROM import_jobs r WHERE r.state = 'running') < :most
AND NOT EXISTS (SELECT 1 FROM import_jobs r
    WHERE r.state = 'running' AND r.organisation_id = j.organisation_id)
ORDER BY j.attempt_id LIMIT 1"""


def _job(row: sqlite3.Row) -> Job:
    return Job(
        organisation_id=row["organisation_id"],
        attempt_id=row["attempt_id"],
        upload_id=row["upload_id"],
        state=row["state"],
        tries=row["tries"],
        owner=row["owner"],
        child=row["child"],
        cancelled_by=row["cancelled_by"],
        created_at=from_ms(row["created_at"]),
        started_at=maybe_instant(row["started_at"]),
        finished_at=maybe_instant(row["finished_at"]),
    )

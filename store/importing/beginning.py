"""Beginning: the store open, the attempt written down, a place to stage; and the same at the end, however it comes."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from store import attempts, leases, organisations
from store.importing import abandon
from store.importing.record import Record
from store.importing.task import Task
from store.importing.writer import Writer, opened
from store.instants import Clock


class UnknownOrganisation(Exception):
    """There is no organisation of this slug in the store."""


class NotWaiting(Exception):
    """The attempt that was to be made is none of this organisation, or was made already."""


@dataclass(frozen=True, slots=True)
class Work:
    """An import that has begun: the open store, whose data it is, and a place to stage."""

    writer: Writer
    organisation: organisations.Organisation
    side: Path
    record: Record


@contextmanager
def begun(store: Path, task: Task, clock: Clock) -> Iterator[Work]:
    """The store open, the organisation found, what dead imports left removed, and the attempt written down."""
    with opened(store) as writer:
        organisation = organisations.by_slug(writer.db, task.organisation)
        if organisation is None:
            raise UnknownOrganisation(task.organisation)
        if not task.dry_run:
            abandon.clear_dead(writer, store, clock)
            abandon.forget_old_rows(writer, organisation.id)
        attempt_id = _attempt(writer, organisation.id, task, clock)
        record = Record(writer, organisation.id, attempt_id, clock, task.refused_file)
        side = abandon.side_path(store, secrets.token_hex(4))
        try:
            yield Work(writer, organisation, side, record)
        except BaseException as error:
            with suppress(Exception):
                record.failed(error)
            raise
        finally:
            side.unlink(missing_ok=True)


def _attempt(writer: Writer, organisation_id: int, task: Task, clock: Clock) -> int | None:
    """The attempt that is made here, under way; a dry run that nobody asked the store for leaves nothing there."""
    if task.dry_run and task.attempt_id is None:
        return None
    owner = leases.this_process()

    def taken(db: sqlite3.Connection) -> attempts.Attempt | None:
        attempt_id = task.attempt_id or attempts.create(db, organisation_id, task.asked, clock())
        return attempts.begin(db, organisation_id, attempt_id, owner)

    attempt = writer.write(taken)
    if attempt is None:
        raise NotWaiting(f"there is no attempt {task.attempt_id} that waits")
    return attempt.id

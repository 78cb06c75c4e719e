"""Run: an import from a file to a published batch, or to a list of refusals and an untouched store."""

import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from store import attempts, batches, leases, organisations
from store.attempts import Asked
from store.batches import Counts
from store.importing import abandon, good_rows
from store.importing.columns import Context
from store.importing.compare import compare, conflicts
from store.importing.conflicts import Conflicts
from store.importing.kind import Kind
from store.importing.kinds import KINDS
from store.importing.mapping import BY_NAME, Mapping
from store.importing.merge import Merged, Progress, attached, merge
from store.importing.record import Record
from store.importing.references import References
from store.importing.report import KEPT_ROWS, Refusals, Report, refused
from store.importing.source import STRICT, SourceFormat
from store.importing.stage import Staged, opened_side, stage
from store.importing.writer import Writer, opened
from store.instants import Clock

log = logging.getLogger(__name__)


class UnknownOrganisation(Exception):
    """There is no organisation of this slug in the store."""


class NotWaiting(Exception):
    """The attempt that was to be made is none of this organisation, or was made already."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is imported, for whom, how, and whether customers see it at once."""

    kind: str
    file: Path
    organisation: str
    draft: bool = False
    source: SourceFormat = STRICT
    mapping: Mapping = BY_NAME
    source_name: str = ""
    """Of the saved source, whose ids are its own."""
    good_rows: bool = False
    """Import the good rows and keep the bad ones to be mended; else all rows or none."""
    dry_run: bool = False
    """Look only."""
    actor: str = "cli"
    attempt_id: int | None = None
    """The attempt that was asked for; none: one is written down."""
    file_name: str = ""
    """As people know the file, where it is not its name."""
    refused_file: Path | None = None
    """Where the refused rows are written too, as a CSV to be mended."""

    @property
    def shown_name(self) -> str:
        return self.file_name or self.file.name

    @property
    def asked(self) -> Asked:
        """What an attempt says of it."""
        mode: attempts.Mode = "dry_run" if self.dry_run else "good_rows" if self.good_rows else "all"
        return Asked(self.kind, self.shown_name, self.actor, self.source_name, mode, self.draft)


@dataclass(frozen=True, slots=True)
class Work:
    """An import that has begun: the open store, whose data it is, and a place to stage."""

    writer: Writer
    organisation: organisations.Organisation
    side: Path
    record: Record


def no_progress(phase: str, done: int, total: int) -> None:
    """For whoever does not look."""


def import_csv(store: Path, task: Task, clock: Clock, progress: Progress = no_progress) -> Report:
    """Import a CSV; `UnknownOrganisation`, `NotWaiting`, `OSError` for a file that cannot be read."""
    kind = KINDS[task.kind]
    with begun(store, task, clock) as work:
        progress = work.record.progress(progress)
        context = Context(
            task.source,
            References(work.writer.db, work.organisation.id, task.source),
            work.organisation.currency,
            task.mapping,
        )
        log.info("staging", extra={"kind": kind.name, "file": task.shown_name})
        good = task.good_rows or task.dry_run
        staged = stage(task.file, work.side, kind, context, progress, good=good)
        if good and staged.usable:
            staged = _without_conflicts(work, kind, context, staged)
        report = _merged(work, task, kind, staged, clock, progress)
        if report.refused:
            work.record.keep_refused(task.file, work.side, staged.header, task.source)
        return ended(work, task, replace(report, notices=(*staged.notices, *report.notices)))


def ended(work: Work, task: Task, report: Report) -> Report:
    """Write the end down and give the report, with what the store knows of it."""
    work.record.ended(report, dry_run=task.dry_run)
    return replace(
        report,
        attempt_id=work.record.attempt_id,
        longest_hold_seconds=work.writer.longest_hold_seconds,
        longest_checkpoint_seconds=work.writer.longest_checkpoint_seconds,
    )


def _merged(work: Work, task: Task, kind: Kind, staged: Staged, clock: Clock, progress: Progress) -> Report:
    if not staged.usable:
        return refused(staged.read, staged.refusals)
    if task.dry_run:
        with attached(work.writer, work.side):
            merged = compare(work.writer, kind, work.organisation.id, progress)
        return _report(staged, merged)

    def fill(batch_id: int) -> Merged:
        with attached(work.writer, work.side):
            return merge(work.writer, kind, work.organisation.id, batch_id, progress)

    try:
        return into_batch(work, task, staged.read, clock, fill, staged.refusals)
    except Conflicts as found:
        with closing(opened_side(work.side)) as side:
            staged.refusals.keep_in(side)
            for refusal in found.refusals:
                staged.refusals.add(refusal)
        return refused(staged.read, staged.refusals)


def _report(staged: Staged, merged: Merged) -> Report:
    return Report(
        staged.read,
        added=merged.added,
        unchanged=merged.unchanged,
        changed=merged.changed,
        superseded=merged.superseded,
        refused=staged.refusals.rows,
        refusals=tuple(staged.refusals.kept),
    )


def _without_conflicts(work: Work, kind: Kind, context: Context, staged: Staged) -> Staged:
    """The staged rows without those that another batch has its hands on; far too many of them are merged and fail."""
    with attached(work.writer, work.side):
        found = list(islice(conflicts(work.writer, kind, work.organisation.id), KEPT_ROWS))
    if not found:
        return staged
    with closing(opened_side(work.side)) as side:
        staged.refusals.keep_in(side)
        good_rows.drop_staged(side, kind, context, found, staged.refusals)
        staged.refusals.keep_in(None)
        return replace(staged, usable=good_rows.any_staged(side))


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


def into_batch(
    work: Work,
    task: Task,
    read: int,
    clock: Clock,
    fill: Callable[[int], Merged],
    refusals: Refusals,
) -> Report:
    """Make a batch, fill it, and show it (or keep it as a draft); `Conflicts`: it could not be, and is abandoned."""
    writer, organisation_id, owner = work.writer, work.organisation.id, leases.this_process()
    batch_id = writer.write(
        lambda db: batches.create(
            db, organisation_id, task.kind, task.shown_name, owner, clock(), source_name=task.source_name
        )
    )
    kind = KINDS.get(task.kind)
    try:
        with writer.relaxed():
            if kind and kind.before:
                kind.before(writer, organisation_id)
            merged = fill(batch_id)
    except BaseException:
        with suppress(Exception):
            _abandon(writer, organisation_id, batch_id)
        raise
    log.info("publishing", extra={"batch": batch_id, "draft": task.draft})
    counts = Counts(read, merged.added, merged.unchanged, merged.changed, merged.superseded, refusals.rows)
    at = None if task.draft else clock()
    writer.write(lambda db: batches.finish(db, organisation_id, batch_id, counts, at, merged.summary))
    log.info("imported", extra={"batch": batch_id, "read": read, "added": merged.added})
    return Report(
        read,
        added=merged.added,
        unchanged=merged.unchanged,
        changed=merged.changed,
        superseded=merged.superseded,
        corrected=merged.corrected,
        refused=refusals.rows,
        refusals=tuple(refusals.kept),
        batch_id=batch_id,
    )


def _abandon(writer: Writer, organisation_id: int, batch_id: int) -> None:
    batch = batches.by_id(writer.db, organisation_id, batch_id)
    if batch and batch.state == "staging":
        abandon.abandon(writer, batch)

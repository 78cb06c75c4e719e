"""Run: an import from a file to a published batch, or to a list of refusals and an untouched store."""

import logging
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from store import batches, leases, retention
from store.batches import Counts
from store.importing import abandon, good_rows
from store.importing.beginning import NotWaiting as NotWaiting
from store.importing.beginning import UnknownOrganisation as UnknownOrganisation
from store.importing.beginning import Work, begun
from store.importing.columns import Context
from store.importing.compare import compare, conflicts
from store.importing.conflicts import Conflicts
from store.importing.kind import Kind
from store.importing.kinds import KINDS
from store.importing.mapping import Mapping, header_name
from store.importing.merge import Merged, Progress, attached, merge
from store.importing.references import References
from store.importing.report import KEPT_ROWS, Refusals, Report, refused
from store.importing.stage import Staged, opened_side, stage
from store.importing.task import Task as Task
from store.importing.writer import Writer
from store.instants import Clock

log = logging.getLogger(__name__)


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
            retention.kept_from(work.writer.db, work.organisation.id, clock()),
        )
        log.info("staging", extra={"kind": kind.name, "file": task.shown_name})
        good = task.good_rows or task.dry_run
        staged = stage(task.file, work.side, kind, context, progress, good=good)
        if good and staged.usable:
            staged = _without_conflicts(work, kind, context, staged)
        report = _merged(work, task, kind, staged, clock, progress)
        if report.refused:
            clear = _clear_places(kind, staged.header, task.mapping)
            work.record.keep_refused(task.file, work.side, staged.header, task.source, clear)
        return ended(work, task, replace(report, notices=(*staged.notices, *report.notices)))


def _clear_places(kind: Kind, header: tuple[str, ...], mapping: Mapping) -> frozenset[int] | None:
    """Where in a row long numbers may be kept; None: everywhere."""
    if kind.clear is None:
        return None
    names = {header_name(mapping.columns.get(ours, ours)) for ours in kind.clear}
    return frozenset(place for place, name in enumerate(header) if header_name(name) in names)


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

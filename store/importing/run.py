"""Run: an import from a file to a published batch, or to a list of refusals and an untouched store."""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from store import batches, leases, organisations
from store.importing import abandon
from store.importing.columns import Context
from store.importing.kinds import KINDS
from store.importing.merge import Conflicts, Merged, Progress, attached, merge
from store.importing.references import References
from store.importing.report import Refusals, Report, refused
from store.importing.source import STRICT, SourceFormat
from store.importing.stage import stage
from store.importing.writer import Writer, opened
from store.instants import Clock

log = logging.getLogger(__name__)


class UnknownOrganisation(Exception):
    """There is no organisation of this slug in the store."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is imported, for whom, and whether customers see it at once."""

    kind: str
    file: Path
    organisation: str
    draft: bool = False
    source: SourceFormat = STRICT


def no_progress(phase: str, done: int, total: int) -> None:
    """For whoever does not look."""


def import_csv(store: Path, task: Task, clock: Clock, progress: Progress = no_progress) -> Report:
    """Import a CSV; `UnknownOrganisation`, `OSError` for a file that cannot be read."""
    kind = KINDS[task.kind]
    with begun(store, task) as (writer, organisation, side):
        context = Context(
            task.source, References(writer.db, organisation.id, task.source), organisation.currency
        )
        log.info("staging", extra={"kind": kind.name, "file": task.file.name})
        staged = stage(task.file, side, kind, context, progress)
        if staged.refusals.kept:
            return refused(staged.read, staged.refusals, staged.notices)

        def fill(batch_id: int) -> Merged:
            with attached(writer, side):
                return merge(writer, kind, organisation.id, batch_id, progress)

        report = into_batch(writer, task, organisation.id, staged.read, clock, fill)
        return replace(report, notices=staged.notices)


@contextmanager
def begun(store: Path, task: Task) -> Iterator[tuple[Writer, organisations.Organisation, Path]]:
    """The store open, the organisation found, what dead imports left removed, and a place to stage."""
    with opened(store) as writer:
        organisation = organisations.by_slug(writer.db, task.organisation)
        if organisation is None:
            raise UnknownOrganisation(task.organisation)
        abandon.clear_dead(writer, store)
        side = abandon.side_path(store, secrets.token_hex(4))
        try:
            yield writer, organisation, side
        finally:
            side.unlink(missing_ok=True)


def into_batch(
    writer: Writer, task: Task, organisation_id: int, read: int, clock: Clock, fill: Callable[[int], Merged]
) -> Report:
    """Make a batch, fill it, and show it (or keep it as a draft); a batch that cannot be filled is abandoned."""
    owner = leases.this_process()
    batch_id = writer.write(
        lambda db: batches.create(db, organisation_id, task.kind, task.file.name, owner, clock())
    )
    try:
        with writer.relaxed():
            merged = fill(batch_id)
    except Conflicts as conflicts:
        _abandon(writer, organisation_id, batch_id)
        found = Refusals()
        for refusal in conflicts.refusals:
            found.add(refusal)
        return refused(read, found)
    except BaseException:
        with suppress(Exception):
            _abandon(writer, organisation_id, batch_id)
        raise
    log.info("publishing", extra={"batch": batch_id, "draft": task.draft})
    counts = (read, merged.added, merged.unchanged)
    at = None if task.draft else clock()
    writer.write(lambda db: batches.finish(db, organisation_id, batch_id, counts, at))
    log.info("imported", extra={"batch": batch_id, "read": read, "added": merged.added})
    return Report(
        read,
        merged.added,
        merged.unchanged,
        batch_id=batch_id,
        longest_hold_seconds=writer.longest_hold_seconds,
        longest_checkpoint_seconds=writer.longest_checkpoint_seconds,
    )


def _abandon(writer: Writer, organisation_id: int, batch_id: int) -> None:
    batch = batches.by_id(writer.db, organisation_id, batch_id)
    if batch and batch.state == "staging":
        abandon.abandon(writer, batch)

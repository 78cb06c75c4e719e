"""brassplate import: customers, mandates, invoices, their lines, payments, allocations and calls from CSV; PDFs."""

import argparse
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from edge import logs
from edge.cli import configuration, import_task, transaction
from edge.cli.import_task import Unusable, keep_source, task_of
from store.importing.documents import import_documents
from store.importing.merge import Progress
from store.importing.pdf_source import Changed
from store.importing.refusal import quoted
from store.importing.report import Report
from store.importing.run import NotWaiting, Task, UnknownOrganisation, import_csv, no_progress
from store.migrate import NewerStore

SHOWN_REFUSALS = 100
LONGEST_NAME = 120


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "import",
        help="bring in data",
        description="A refused file changes nothing, and ends with 1; with --good-rows the good rows are taken.",
    )
    parser.add_argument("--json", action="store_true", help="the outcome as one line of JSON")
    import_task.add_options(parser)
    configuration.add_option(parser)
    parser.add_argument("--store", type=Path, metavar="FILE", help="this store, without any configuration")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import into the store that the configuration names."""
    if not sys.stderr.isatty():
        logs.to_stderr(style="text")
    return run_on(arguments, arguments.store or configuration.load(arguments).store_path)


def run_on(arguments: argparse.Namespace, store: Path) -> int:
    """0: imported, or found to be good; 1: refused; 2: there is no such file, store, organisation or source."""
    if not store.exists():
        return _unusable(f"there is no store {store}; brassplate organisation add makes one")
    importing = import_documents if arguments.kind == "documents" else import_csv
    try:
        task = task_of(arguments, store)
        if isinstance(task, Unusable):
            return _unusable(task.reason)
        with _bar() as progress:
            report = importing(store, task, transaction.now, progress)
    except UnknownOrganisation:
        return _unusable(f"there is no organisation {arguments.organisation!r}")
    except OSError as error:
        return _unusable(f"{arguments.file}: {error.strerror or error}")
    except (zipfile.BadZipFile, Changed) as error:
        return _unusable(f"{arguments.file}: {error}")
    except (NewerStore, NotWaiting) as wrong:
        return _unusable(str(wrong))
    if arguments.save_source and report.batch_id and (bad := keep_source(arguments, task, store)):
        print(f"brassplate: the source was not saved: {bad.reason}", file=sys.stderr)
    (_print_json if arguments.json else _print_text)(report, task)
    return 1 if report.refused and not report.batch_id else 0


def _print_json(report: Report, task: Task) -> None:
    for refusal in report.refusals[:SHOWN_REFUSALS]:
        print(json.dumps(asdict(refusal)))
    names = ("read", "added", "unchanged", "refused")
    print(json.dumps({name: getattr(report, name) for name in names}))


def _print_text(report: Report, task: Task) -> None:
    for notice in report.notices:
        print(f"brassplate: {notice}", file=sys.stderr)
    for refusal in report.refusals[:SHOWN_REFUSALS]:
        row = f"row {refusal.row}" if refusal.row else ""
        where = ", ".join(part for part in (row, _shown(refusal.column)) if part)
        print(f"{where}: {refusal.reason}" if where else refusal.reason, file=sys.stderr)
    if report.refused:
        shown = len({refusal.row for refusal in report.refusals[:SHOWN_REFUSALS]})
        more = f"; {report.refused - shown:,} more rows like these" if report.refused > shown else ""
        what = "" if report.batch_id or task.dry_run else "; nothing was imported"
        kept = f"; they are kept with attempt {report.attempt_id}" if report.batch_id else ""
        print(f"{report.refused:,} of {report.read:,} rows refused{more}{what}{kept}", file=sys.stderr)
    if report.batch_id or task.dry_run:
        print(_outcome(report, task))


def _outcome(report: Report, task: Task) -> str:
    details = [f"{report.changed:,} of them changed"] if report.changed else []
    details += [f"{report.unchanged:,} unchanged"]
    details += [f"{report.superseded:,} superseded"] if report.superseded else []
    details += [f"{report.corrected:,} moved to another customer or time"] if report.corrected else []
    if task.dry_run:
        return (
            f"dry run, nothing was changed: {report.read:,} rows read, {report.added:,} would be added, "
            + ", ".join(details)
        )
    state = f"; batch {report.batch_id} is a draft" if task.draft else ""
    return f"{report.read:,} rows read, {report.added:,} added, {', '.join(details)}{state}"


def _shown(name: str) -> str:
    """A column's or a file's name is the sender's: no line of it, nor anything that a terminal obeys."""
    return name if len(name) <= LONGEST_NAME and name.isprintable() else quoted(name)


def _unusable(reason: str) -> int:
    print(f"brassplate: {reason}", file=sys.stderr)
    return 2


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar a phase on a terminal; elsewhere the log tells."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    bars = _Bars()
    try:
        yield bars
    finally:
        bars.close()


class _Bars:
    """One bar after the other."""

    def __init__(self) -> None:
        self._phase = ""
        self._bar: tqdm[NoReturn] | None = None

    def __call__(self, phase: str, done: int, total: int) -> None:
        if self._bar is None or phase != self._phase:
            self.close()
            self._phase = phase
            unit = "B" if phase == "read" else " rows"
            self._bar = tqdm(desc=phase, total=total, unit=unit, unit_scale=True, leave=phase != "check")
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

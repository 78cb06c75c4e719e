"""brassplate import: customers, invoices, their lines, payments, allocations and calls from CSV; PDFs."""

import argparse
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tqdm import tqdm

from edge import logs
from edge.cli import configuration, transaction
from store.importing.documents import import_documents
from store.importing.kinds import KINDS
from store.importing.merge import Progress
from store.importing.pdf_source import Changed
from store.importing.refusal import quoted
from store.importing.report import Report
from store.importing.run import Task, UnknownOrganisation, import_csv, no_progress
from store.importing.source import PRESETS, Amounts, Dates, Encoding, Numbers, declared
from store.migrate import NewerStore

SHOWN_REFUSALS = 100
LONGEST_NAME = 120


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "import", help="bring in data", description="A refused file changes nothing: exit code 1."
    )
    parser.add_argument("kind", choices=[*KINDS, "documents"])
    parser.add_argument("file", type=Path, help="a CSV; for documents a directory or a ZIP of PDFs")
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--draft", action="store_true", help="customers see it when it is published")
    parser.add_argument("--json", action="store_true", help="the outcome as one line of JSON")
    source = parser.add_argument_group("how the source writes its files")
    source.add_argument("--format", choices=PRESETS, default="strict", help="uk-excel: all that Excel does")
    source.add_argument("--encoding", choices=get_args(Encoding))
    source.add_argument("--dates", choices=get_args(Dates), help="dmy: 22/11/2026")
    source.add_argument("--amounts", choices=get_args(Amounts), help="marked: £1,234.50")
    source.add_argument(
        "--numbers", choices=get_args(Numbers), help="excel: 4.4E+11, lost zeros; exact: as they stand"
    )
    source.add_argument("--zone", type=_zone, help="of times without an offset, such as Europe/London")
    configuration.add_option(parser)
    parser.add_argument("--store", type=Path, metavar="FILE", help="this store, without any configuration")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import into the store that the configuration names."""
    if not sys.stderr.isatty():
        logs.to_stderr()
    return run_on(arguments, arguments.store or configuration.load(arguments).store_path)


def run_on(arguments: argparse.Namespace, store: Path) -> int:
    """0: imported; 1: refused; 2: there is no such file, store or organisation."""
    if not store.exists():
        return _unusable(f"there is no store {store}; brassplate organisation add makes one")
    importing = import_documents if arguments.kind == "documents" else import_csv
    try:
        with _bar() as progress:
            report = importing(store, _task(arguments), transaction.now, progress)
    except UnknownOrganisation:
        return _unusable(f"there is no organisation {arguments.organisation!r}")
    except OSError as error:
        return _unusable(f"{arguments.file}: {error.strerror or error}")
    except (zipfile.BadZipFile, Changed) as error:
        return _unusable(f"{arguments.file}: {error}")
    except NewerStore as newer:
        return _unusable(str(newer))
    (_print_json if arguments.json else _print_text)(report, arguments.draft)
    return 1 if report.refused else 0


def _task(arguments: argparse.Namespace) -> Task:
    source = declared(
        PRESETS[arguments.format],
        encoding=arguments.encoding,
        dates=arguments.dates,
        amounts=arguments.amounts,
        numbers=arguments.numbers,
        zone=arguments.zone,
    )
    return Task(arguments.kind, arguments.file, arguments.organisation, arguments.draft, source)


def _print_json(report: Report, draft: bool) -> None:
    for refusal in report.refusals[:SHOWN_REFUSALS]:
        print(json.dumps(asdict(refusal)))
    names = ("read", "added", "unchanged", "refused")
    print(json.dumps({name: getattr(report, name) for name in names}))


def _print_text(report: Report, draft: bool) -> None:
    for notice in report.notices:
        print(f"brassplate: {notice}", file=sys.stderr)
    for refusal in report.refusals[:SHOWN_REFUSALS]:
        row = f"row {refusal.row}" if refusal.row else ""
        where = ", ".join(part for part in (row, _shown(refusal.column)) if part)
        print(f"{where}: {refusal.reason}" if where else refusal.reason, file=sys.stderr)
    if report.refused:
        shown = len({refusal.row for refusal in report.refusals[:SHOWN_REFUSALS]})
        more = f"; {report.refused - shown:,} more rows like these" if report.refused > shown else ""
        print(
            f"{report.refused:,} of {report.read:,} rows refused{more}; nothing was imported", file=sys.stderr
        )
        return
    state = f"; batch {report.batch_id} is a draft" if draft else ""
    print(f"{report.read:,} rows read, {report.added:,} added, {report.unchanged:,} unchanged{state}")


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


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise argparse.ArgumentTypeError(f"{name!r} is not a zone such as Europe/London") from None

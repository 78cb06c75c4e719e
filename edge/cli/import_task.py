"""What `brassplate import` was asked for: its words, a saved source, an attempt that waits, as one task."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge.cli import transaction
from store import attempts, organisations, sources
from store.importing.kinds import KINDS
from store.importing.mapping import Mapping
from store.importing.refusal import quoted
from store.importing.run import Task
from store.importing.source import DELIMITERS, PRESETS, STRICT, Amounts, Dates, Encoding, Numbers, declared
from store.importing.writer import opened


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why the words cannot be followed."""

    reason: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that a task is made from."""
    parser.add_argument("kind", choices=[*KINDS, "documents"])
    parser.add_argument("file", type=Path, help="a CSV; for documents a directory or a ZIP of PDFs")
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--draft", action="store_true", help="customers see it when it is published")
    rows = parser.add_mutually_exclusive_group()
    rows.add_argument("--dry-run", action="store_true", help="say what would come of it and change nothing")
    rows.add_argument("--good-rows", action="store_true", help="import the good rows, keep the bad ones")
    parser.add_argument(
        "--refused", type=Path, metavar="FILE", help="write the refused rows there, with a reason each"
    )
    parser.add_argument("--attempt", type=int, metavar="ID", help="make the attempt that waits in the store")
    _add_format(parser)
    _add_columns(parser)


def _add_format(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how the source writes its files")
    group.add_argument("--format", choices=PRESETS, help="uk-excel: all that Excel does")
    group.add_argument("--encoding", choices=get_args(Encoding))
    group.add_argument("--delimiter", choices=DELIMITERS, help="what divides the cells of a line")
    group.add_argument("--dates", choices=get_args(Dates), help="dmy: 22/11/2026")
    group.add_argument("--amounts", choices=get_args(Amounts), help="marked: £1,234.50")
    group.add_argument(
        "--numbers", choices=get_args(Numbers), help="excel: 4.4E+11, lost zeros; exact: as they stand"
    )
    group.add_argument("--zone", type=_zone, help="of times without an offset, such as Europe/London")


def _add_columns(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which of its columns is which of ours")
    group.add_argument("--source", metavar="NAME", help="as it was saved under this name")
    group.add_argument("--map", action="append", type=_pair, default=[], metavar="OURS=THEIRS")
    group.add_argument("--constant", action="append", type=_pair, default=[], metavar="OURS=VALUE")
    group.add_argument("--ignore", action="append", default=[], metavar="THEIRS")
    group.add_argument(
        "--save-source", action="store_true", help="save all this as --source NAME once it was imported"
    )


def task_of(arguments: argparse.Namespace, store: Path) -> Task | Unusable:
    """The task, from the words and from what the store knows of source and attempt."""
    if arguments.save_source and not arguments.source:
        return Unusable("--save-source needs the name: --source NAME")
    with opened(store) as writer:
        organisation = organisations.by_slug(writer.db, arguments.organisation)
        if organisation is None:
            return Unusable(f"there is no organisation {arguments.organisation!r}")
        task = Task(arguments.kind, arguments.file, arguments.organisation, refused_file=arguments.refused)
        name = arguments.source or ""
        if arguments.attempt is None:
            task = replace(
                task, draft=arguments.draft, good_rows=arguments.good_rows, dry_run=arguments.dry_run
            )
        else:
            attempt = attempts.find(writer.db, organisation.id, arguments.attempt)
            if attempt is None or attempt.asked.kind != arguments.kind:
                return Unusable(f"there is no attempt {arguments.attempt} for {arguments.kind}")
            task, name = _of_attempt(task, attempt), name or attempt.asked.source_name
        source = sources.by_name(writer.db, organisation.id, arguments.kind, name) if name else None
        if name and source is None and not arguments.save_source:
            return Unusable(f"there is no source {quoted(name)} of {arguments.kind}; --save-source makes one")
    return _with_source(replace(task, source_name=name), arguments, source)


def keep_source(arguments: argparse.Namespace, task: Task, store: Path) -> sources.BadName | None:
    """Save what the task was read with, under its source's name."""
    with opened(store) as writer:
        organisation = organisations.by_slug(writer.db, task.organisation)
        assert organisation
        draft = sources.Draft(task.kind, task.source_name, task.mapping, task.source)
        saved = writer.write(lambda db: sources.save(db, organisation.id, draft, transaction.now()))
    return saved if isinstance(saved, sources.BadName) else None


def _of_attempt(task: Task, attempt: attempts.Attempt) -> Task:
    asked = attempt.asked
    return replace(
        task,
        attempt_id=attempt.id,
        draft=asked.draft,
        good_rows=asked.mode == "good_rows",
        dry_run=asked.mode == "dry_run",
        actor=asked.actor,
        file_name=asked.file_name,
    )


def _with_source(task: Task, arguments: argparse.Namespace, source: sources.Source | None) -> Task:
    """The saved format and columns, with what was said apart from them."""
    base = PRESETS[arguments.format] if arguments.format else source.format if source else STRICT
    known = source.mapping if source else Mapping()
    return replace(
        task,
        source=declared(
            base,
            encoding=arguments.encoding,
            dates=arguments.dates,
            amounts=arguments.amounts,
            numbers=arguments.numbers,
            zone=arguments.zone,
            delimiter=DELIMITERS[arguments.delimiter] if arguments.delimiter else None,
        ),
        mapping=Mapping(
            {**known.columns, **dict(arguments.map)},
            {**known.constants, **dict(arguments.constant)},
            (*known.ignored, *arguments.ignore),
        ),
    )


def _pair(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not equals or not ours:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form OURS=THEIRS")
    return ours.strip(), theirs


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise argparse.ArgumentTypeError(f"{name!r} is not a zone such as Europe/London") from None

"""brassplate edits: what customers changed themselves, for whoever keeps the source."""

import argparse
import csv
import sqlite3
import sys
from datetime import UTC, datetime
from functools import partial

from edge.cli import configuration, transaction
from store import account_edit_log
from store.account_edit_log import COLUMNS, Edited
from store.refused_rows import safe_cell

ROWS_A_PAGE = 500


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("edits", help="what customers changed themselves")
    deeds = parser.add_subparsers(required=True, metavar="DEED")
    export = deeds.add_parser("export", help="as CSV on standard output, in the order of their making")
    export.add_argument("--organisation", required=True, metavar="SLUG")
    export.add_argument("--since", type=_instant, metavar="DATE", help="a day, or an instant with its offset")
    configuration.add_option(export)
    export.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write all changes of an organisation's customers, page by page."""
    settings = configuration.load(arguments)
    organisation = transaction.read(settings, partial(_organisation, arguments.organisation))
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(COLUMNS)
    after = 0
    while page := transaction.read(settings, partial(_page, organisation, after, arguments.since)):
        rows.writerows([safe_cell(cell) for cell in edited.cells()] for edited in page)
        after = page[-1].id
    return 0


def _organisation(slug: str, db: sqlite3.Connection) -> int:
    return transaction.organisation(db, slug).id


def _page(organisation_id: int, after: int, since: datetime | None, db: sqlite3.Connection) -> list[Edited]:
    return account_edit_log.page(db, organisation_id, after, ROWS_A_PAGE, since)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-22") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

"""brassplate export: everything that an organisation owns, as one ZIP."""

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from edge.cli import configuration, transaction
from store import archive


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("export", help="everything an organisation owns: CSV, PDFs, settings")
    parser.add_argument("destination", type=Path, metavar="FILE", help="a ZIP that is not there yet")
    parser.add_argument("--organisation", required=True, metavar="SLUG")
    parser.add_argument("--json", action="store_true", help="the outcome as one line of JSON")
    configuration.add_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0: written; 1: not, and why is said."""
    settings = configuration.load(arguments)
    organisation = transaction.read(settings, lambda db: transaction.organisation(db, arguments.organisation))
    try:
        with tqdm(disable=not sys.stderr.isatty(), unit=" rows", unit_scale=True) as bar:
            size = archive.write(
                settings.store_path,
                organisation.id,
                arguments.destination,
                f"{transaction.now():%Y-%m-%d %H:%M} UTC",
                lambda part, done: _show(bar, part, done),
            )
    except FileExistsError:
        raise transaction.refuse(f"{arguments.destination} is there already; name a new file") from None
    except OSError as error:
        raise transaction.refuse(f"{arguments.destination}: {error.strerror or error}") from None
    if arguments.json:
        print(json.dumps({"file": str(arguments.destination), "bytes": size}))
    else:
        print(f"{arguments.destination}: {size:,} bytes")
    return 0


def _show(bar: "tqdm[NoReturn]", part: str, done: int) -> None:
    bar.set_description_str(part, refresh=False)
    bar.n = done
    bar.update(0)

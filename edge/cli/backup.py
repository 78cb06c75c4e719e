"""brassplate backup: the store as one file, while it is in use."""

import argparse
import sqlite3
import sys
from pathlib import Path

from tqdm import tqdm

from edge.cli import configuration, transaction
from store import backups, safekeeping
from store.backups import Damaged


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("backup", help="copy the store to a file, while it is in use")
    parser.add_argument("destination", type=Path, help="a new file, or a folder, where it gets a dated name")
    parser.set_defaults(run=_backup)
    configuration.add_option(parser)


def _backup(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)
    if not settings.store_path.exists():
        raise transaction.refuse(f"store {settings.store_path}: there is none yet")
    target: Path = arguments.destination
    if target.is_dir():
        target /= f"brassplate-{transaction.now():%Y%m%dT%H%M%SZ}.db"

    def copied(db: sqlite3.Connection) -> int:
        with tqdm(unit="page", disable=not sys.stderr.isatty()) as bar:

            def tell(left: int, whole: int) -> None:
                bar.total = whole
                bar.update(whole - left - bar.n)

            return backups.copy(db, target, tell)

    try:
        size = transaction.read(settings, copied)
    except Damaged as damaged:
        raise transaction.refuse(str(damaged)) from None
    print(f"wrote {target} ({size / 1e6:,.1f} MB)")
    transaction.run(settings, lambda db: safekeeping.note_backup(db, transaction.now()))
    print(
        f"it holds no key: what is sealed in it opens only with {settings.master_key_file}, so keep a copy of that"
        " file in another place"
    )
    return 0

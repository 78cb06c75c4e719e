"""brassplate resume: a restored store lets mail, orders and jobs go out again."""

import argparse
import sqlite3

from edge.cli import configuration, transaction
from store import audit, held
from store.audit import Entry
from store.held import Waiting


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("resume", help="let mail, orders and jobs of a restored store go out again")
    parser.add_argument(
        "--drop-mails", action="store_true", help="cancel the mails that wait: they went out before the loss"
    )
    configuration.add_option(parser)
    parser.set_defaults(run=_resume)


def _resume(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)

    def change(db: sqlite3.Connection) -> Waiting | None:
        now = transaction.now()
        waiting = held.waiting(db, now)
        if not held.resume(db, now, drop_mails=arguments.drop_mails):
            return None
        facts = {"mails": "dropped" if arguments.drop_mails else str(waiting.mails)}
        audit.record(db, Entry(None, "cli", "store.resumed", "", facts, "", now))
        return waiting

    waiting = transaction.run(settings, change)
    if waiting is None:
        print("the store is not held")
        return 0
    mails = f"{waiting.mails} mails {'are cancelled' if arguments.drop_mails else 'go out'}"
    print(f"resumed: {mails}, {waiting.renewals} renewals are due")
    return 0

"""brassplate user: a customer's sign-in."""

import argparse
import sqlite3

from edge.cli import configuration, new_password, transaction
from store import users
from store.users import Added, NoSuchAccount


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its action."""
    actions = verbs.add_parser("user", help="customers' sign-ins").add_subparsers(required=True)
    add = actions.add_parser("add", help="let somebody see a customer's invoices")
    add.add_argument("email")
    add.add_argument("--organisation", metavar="SLUG", required=True)
    add.add_argument("--account", metavar="REFERENCE", required=True)
    add.add_argument("--password-stdin", action="store_true", required=True)
    add.set_defaults(run=_add)
    configuration.add_option(add)


def _add(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)
    password_hash = new_password.hash_from_stdin()

    def change(db: sqlite3.Connection) -> Added:
        organisation = transaction.organisation(db, arguments.organisation)
        now = transaction.now()
        added = users.add(db, organisation.id, arguments.email, password_hash, arguments.account, now)
        if isinstance(added, NoSuchAccount):
            raise transaction.refuse(f"{organisation.slug} has no customer {arguments.account!r}")
        return added

    added = transaction.run(settings, change)
    kept = " (with the password they have)" if added.existed else ""
    print(f"{arguments.email} can sign in for {arguments.account}{kept}")
    return 0

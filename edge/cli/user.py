"""brassplate user: a customer's sign-in."""

import argparse
import sqlite3

from edge.cli import configuration, new_password, transaction


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

    def change(db: sqlite3.Connection) -> None:
        from store import accounts, users

        organisation = transaction.organisation(db, arguments.organisation)
        account = accounts.by_reference(db, organisation.id, arguments.account)
        if account is None:
            raise transaction.refuse(f"{organisation.slug} has no customer {arguments.account!r}")
        users.add(db, organisation.id, account.id, arguments.email, password_hash, transaction.now())

    transaction.run(settings, change)
    print(f"{arguments.email} can sign in for {arguments.account}")
    return 0

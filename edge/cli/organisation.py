"""brassplate organisation: the operator's client companies."""

import argparse
import sqlite3
from datetime import datetime

from edge import own_names
from edge.cli import configuration, transaction
from store import audit, organisations, portal_names, removal, suspensions
from store.audit import Entry
from store.domains import HostnameTaken


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its actions."""
    actions = verbs.add_parser("organisation", help="client companies").add_subparsers(required=True)
    add = actions.add_parser("add", help="make an organisation")
    add.add_argument("slug")
    add.add_argument("--name", required=True)
    add.set_defaults(run=_add)
    listing = actions.add_parser("list", help="list them")
    listing.set_defaults(run=_list)
    suspend = actions.add_parser("suspend", help="its names answer 503 until it is resumed")
    suspend.add_argument("slug")
    suspend.add_argument("--reason", default="", help="for staff to see: abuse, unpaid, ...")
    suspend.set_defaults(run=_suspend)
    resume = actions.add_parser("resume", help="undo a suspension")
    resume.add_argument("slug")
    resume.set_defaults(run=_resume)
    remove = actions.add_parser("remove", help="remove it and everything it owns")
    remove.add_argument("slug")
    remove.set_defaults(run=_remove)
    for action in (add, listing, suspend, resume, remove):
        configuration.add_option(action)


def _add(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)

    def change(db: sqlite3.Connection) -> None:
        now = transaction.now()
        if arguments.slug in own_names.labels(settings):
            raise transaction.refuse(f"{arguments.slug!r} is the provider's own; choose another slug")
        try:
            added = organisations.add(db, arguments.slug, arguments.name, now)
        except organisations.SlugTaken:
            raise transaction.refuse(f"there is an organisation {arguments.slug!r} already") from None
        except (organisations.BadSlug, organisations.BadName) as bad:
            raise transaction.refuse(str(bad)) from None
        try:
            portal_names.settle(db, added.id, settings.provider_domain, now)
        except HostnameTaken as taken:
            raise transaction.refuse(str(taken)) from None

    transaction.run(settings, change)
    print(f"organisation {arguments.slug} added")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    for found in transaction.read(configuration.load(arguments), organisations.every):
        print(f"{found.slug}\t{found.name}" + ("\tsuspended" if found.suspended else ""))
    return 0


def _suspend(arguments: argparse.Namespace) -> int:
    def change(db: sqlite3.Connection) -> None:
        found, now = transaction.organisation(db, arguments.slug), transaction.now()
        suspensions.suspend(db, found.id, arguments.reason, now)
        audit.record(db, _deed(found.id, "organisation.suspended", found.slug, arguments.reason, now))

    transaction.run(configuration.load(arguments), change)
    print(f"organisation {arguments.slug} suspended")
    return 0


def _resume(arguments: argparse.Namespace) -> int:
    def change(db: sqlite3.Connection) -> None:
        found = transaction.organisation(db, arguments.slug)
        if suspensions.resume(db, found.id):
            audit.record(db, _deed(found.id, "organisation.resumed", found.slug, "", transaction.now()))

    transaction.run(configuration.load(arguments), change)
    print(f"organisation {arguments.slug} resumed")
    return 0


def _deed(organisation_id: int, action: str, slug: str, reason: str, now: datetime) -> Entry:
    detail = {"reason": reason} if reason else {}
    return Entry(organisation_id, "cli", action, slug, detail, "", now)


def _remove(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)

    def begin(db: sqlite3.Connection) -> int:
        found = transaction.organisation(db, arguments.slug)
        removal.begin(db, found.id, transaction.now())
        return found.id

    organisation_id = transaction.run(settings, begin)
    transaction.repeat(settings, lambda db: removal.go_on(db, organisation_id))
    print(f"organisation {arguments.slug} removed")
    return 0

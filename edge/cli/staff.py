"""brassplate staff: who may sign in to the admin console."""

import argparse
import sqlite3

from edge.cli import configuration, new_password, transaction
from store.staff import Member


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its actions."""
    actions = verbs.add_parser("staff", help="people who run portals").add_subparsers(required=True)
    add = actions.add_parser("add", help="let somebody sign in to the admin console")
    add.add_argument("email")
    add.add_argument("--organisation", metavar="SLUG", help="whose admin; none for an operator")
    add.add_argument("--role", choices=("admin", "operator"), default="admin")
    add.set_defaults(run=_add)
    reset = actions.add_parser("reset", help="give somebody a new password and end their sessions")
    reset.add_argument("email")
    reset.add_argument("--second-factor", action="store_true", help="also switch off their second factor")
    reset.set_defaults(run=_reset)
    for action in (add, reset):
        action.add_argument("--password-stdin", action="store_true", required=True)
        configuration.add_option(action)


def _add(arguments: argparse.Namespace) -> int:
    from store import staff

    settings = configuration.load(arguments)
    role = staff.Role(arguments.role)
    if (role is staff.Role.ADMIN) != bool(arguments.organisation):
        raise transaction.refuse("an admin needs --organisation SLUG, an operator has none")
    password_hash = new_password.hash_from_stdin()

    def change(db: sqlite3.Connection) -> None:
        slug = arguments.organisation
        organisation_id = transaction.organisation(db, slug).id if slug else None
        try:
            added = staff.add(db, arguments.email, password_hash, role, organisation_id, transaction.now())
        except staff.EmailTaken as taken:
            raise transaction.refuse(f"{taken} signs in already; see brassplate staff reset") from None
        _write_down(db, added, "staff.added", {"role": role.value})

    transaction.run(settings, change)
    print(f"{arguments.email} can sign in at https://{settings.admin_host}")
    return 0


def _reset(arguments: argparse.Namespace) -> int:
    from store import second_factors, staff, staff_links, viewings

    settings = configuration.load(arguments)
    password_hash = new_password.hash_from_stdin()

    def change(db: sqlite3.Connection) -> bool:
        member, now = staff.by_email(db, arguments.email), transaction.now()
        if member is None:
            raise transaction.refuse(f"nobody of the staff signs in as {arguments.email}")
        viewings.end_of_staff(db, member.id, now)
        staff.set_password(db, member.id, password_hash)
        staff_links.void(db, member.id)
        factor = "kept" if second_factors.confirmed(db, member.owner) else "none"
        if arguments.second_factor and second_factors.remove(db, member.owner):
            factor = "removed"
        _write_down(db, member, "staff.reset", {"second_factor": factor})
        return factor == "kept"

    kept = transaction.run(settings, change)
    print(f"{arguments.email} has a new password and is signed out everywhere")
    if kept:
        print("their second factor is as it was; --second-factor switches it off")
    return 0


def _write_down(db: sqlite3.Connection, member: Member, action: str, detail: dict[str, str]) -> None:
    from store import audit

    now = transaction.now()
    audit.record(db, audit.Entry(member.organisation_id, "cli", action, member.email, detail, "", now))

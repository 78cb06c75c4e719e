"""brassplate token: what programs show to the API."""

import argparse
import sqlite3
from datetime import datetime, timedelta

from edge.cli import configuration, transaction

_LONGEST_DAYS = 3650


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its actions."""
    actions = verbs.add_parser("token", help="tokens for the API").add_subparsers(required=True)
    add = actions.add_parser("add", help="make a token and show it, once")
    add.add_argument("name", help="the program that will use it")
    add.add_argument(
        "--scope",
        action="append",
        required=True,
        metavar="SCOPE",
        help="what it may do, such as invoices:write; several times for several, or “all”",
    )
    add.add_argument("--days", type=int, help="how long it works; without: until it is revoked")
    add.set_defaults(run=_add)
    listing = actions.add_parser("list", help="list an organisation's tokens")
    listing.set_defaults(run=_list)
    revoke = actions.add_parser("revoke", help="let a token open nothing any more")
    revoke.add_argument("id", type=int, help="the number in it: bp_ID_…")
    revoke.set_defaults(run=_revoke)
    for action in (add, listing, revoke):
        action.add_argument("--organisation", metavar="SLUG", required=True)
        configuration.add_option(action)


def _add(arguments: argparse.Namespace) -> int:
    from store import api_tokens, audit

    scopes = frozenset(api_tokens.SCOPES if arguments.scope == ["all"] else arguments.scope)
    if unknown := scopes - api_tokens.SCOPES.keys():
        known = ", ".join(api_tokens.SCOPES)
        raise transaction.refuse(f"there is no scope {sorted(unknown)[0]!r}; there are {known}")
    if not 1 <= len(arguments.name.strip()) <= api_tokens.MAX_NAME or not arguments.name.isprintable():
        raise transaction.refuse(
            f"give the token a name of one line, of 1 to {api_tokens.MAX_NAME} characters"
        )
    if arguments.days is not None and not 1 <= arguments.days <= _LONGEST_DAYS:
        raise transaction.refuse(f"--days must be from 1 to {_LONGEST_DAYS}")

    def change(db: sqlite3.Connection) -> api_tokens.Made:
        organisation, now = transaction.organisation(db, arguments.organisation), transaction.now()
        expires_at = now + timedelta(days=arguments.days) if arguments.days else None
        new = api_tokens.NewToken(arguments.name.strip(), scopes, expires_at, "cli")
        detail = {"scopes": " ".join(api_tokens.in_order(scopes))}
        audit.record(db, audit.Entry(organisation.id, "cli", "api_token.made", new.name, detail, "", now))
        return api_tokens.make(db, organisation.id, new, now)

    print(transaction.run(configuration.load(arguments), change).secret)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from store import api_tokens

    def query(db: sqlite3.Connection) -> list[api_tokens.ApiToken]:
        return api_tokens.of_organisation(db, transaction.organisation(db, arguments.organisation).id)

    now = transaction.now()
    for token in transaction.read(configuration.load(arguments), query):
        state = "works" if token.is_good(now) else "revoked" if token.revoked_at else "expired"
        scopes = " ".join(api_tokens.in_order(token.scopes))
        print(f"{token.id}\t{token.name}\t{state}\t{_day(token.used_at)}\t{scopes}")
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    from store import api_tokens, audit

    def change(db: sqlite3.Connection) -> None:
        organisation, now = transaction.organisation(db, arguments.organisation), transaction.now()
        token = api_tokens.by_id(db, organisation.id, arguments.id)
        if token is None or not api_tokens.revoke(db, organisation.id, arguments.id, now):
            raise transaction.refuse(f"{arguments.organisation} has no token {arguments.id} that works")
        detail = {"token": str(arguments.id)}
        audit.record(
            db, audit.Entry(organisation.id, "cli", "api_token.revoked", token.name, detail, "", now)
        )

    transaction.run(configuration.load(arguments), change)
    print(f"token {arguments.id} revoked")
    return 0


def _day(used_at: datetime | None) -> str:
    return f"last used {used_at:%Y-%m-%d}" if used_at else "never used"

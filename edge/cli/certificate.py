"""brassplate certificate: what certificates there are, and an early renewal."""

import argparse
import json
import sqlite3
from typing import Any

from edge.cli import certificate_revoke, certificate_upload, configuration, transaction
from store import certificates, issuance
from store.hostname import canonical


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its actions."""
    actions = verbs.add_parser("certificate", help="certificates").add_subparsers(required=True)
    listing = actions.add_parser("list", help="the newest of each name, the first to expire first")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)
    renew = actions.add_parser("renew", help="have serve renew one now")
    renew.add_argument("host")
    renew.set_defaults(run=_renew)
    for action in (listing, renew):
        configuration.add_option(action)
    certificate_upload.add_parser(actions)
    certificate_revoke.add_parser(actions)


def _list(arguments: argparse.Namespace) -> int:
    found = transaction.read(configuration.load(arguments), certificates.newest)
    rows: list[dict[str, Any]] = [
        {
            "hostname": each.hostname,
            "serial": each.serial,
            "issuer": each.issuer,
            "not_before": each.not_before.isoformat(),
            "not_after": each.not_after.isoformat(),
        }
        for each in found
    ]
    if arguments.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(f"{row['hostname']}\tuntil {row['not_after']}\t{row['issuer']}\t{row['serial']}")
    return 0


def _renew(arguments: argparse.Namespace) -> int:
    hostname = canonical(arguments.host)

    def change(db: sqlite3.Connection) -> None:
        now = transaction.now()
        if hostname is None or certificates.standing(db, hostname, now) is None:
            raise transaction.refuse(f"{arguments.host} has no certificate to renew")
        issuance.postpone(db, hostname, now)

    transaction.run(configuration.load(arguments), change)
    print(f"{hostname} is due now; serve renews it within half a minute")
    return 0

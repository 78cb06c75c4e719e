"""brassplate dns-zone: the zone file that our own DNS needs, for the name that clients' records point at."""

import argparse
import asyncio
import ipaddress
import sqlite3

from edge import own_names
from edge.cli import configuration, transaction
from edge.settings import Settings
from store.diagnosis import Authority
from store.hostname import NotAHostname, parse


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    verb = verbs.add_parser("dns-zone", help="print the zone file for edge.cname_target")
    words = "where we are reached; default: edge.addresses, else what the DNS says of edge.cname_target"
    verb.add_argument("--address", action="append", default=[], metavar="ADDRESS", help=words)
    words = "a name server of the zone; with one it is whole, with SOA and NS"
    verb.add_argument("--server", action="append", default=[], metavar="NAME", help=words)
    words = "for the SOA, as name or mailbox; default: hostmaster at the target"
    verb.add_argument("--hostmaster", metavar="NAME", default="", help=words)
    configuration.add_option(verb)
    verb.set_defaults(run=_print)


def _print(arguments: argparse.Namespace) -> int:
    from edge.dns.own_zone import OwnZone, Server, zone_file

    settings = configuration.load(arguments)
    target = own_names.hostname(settings.cname_target)
    servers = tuple(_name(text) for text in arguments.server)
    hostmaster = _name(arguments.hostmaster.replace("@", ".")) if arguments.hostmaster else ""
    addresses = tuple(_address(text) for text in arguments.address) or _addresses(settings)
    if not addresses:
        raise transaction.refuse(
            f"the addresses of {target} are not known: give --address, or set edge.addresses"
        )
    zone = OwnZone(target, addresses, transaction.read(settings, lambda db: _authority(db, settings)))
    server = Server(servers, hostmaster or f"hostmaster.{target}") if servers else None
    print(zone_file(zone, transaction.now(), server), end="")
    return 0


def _authority(db: sqlite3.Connection, settings: Settings) -> Authority | None:
    from edge.examiner import certificate_authority

    return certificate_authority(db, settings)


def _addresses(settings: Settings) -> tuple[str, ...]:
    from edge.dns.resolver import Resolver

    if settings.addresses:
        return tuple(sorted(settings.addresses))
    return asyncio.run(Resolver(settings.resolvers).addresses(settings.cname_target))


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise transaction.refuse(f"--address {text!r}: not an IP address") from None


def _name(text: str) -> str:
    found = parse(text)
    if isinstance(found, NotAHostname):
        raise transaction.refuse(f"{text!r} is not a host name: {found.reason}")
    return found

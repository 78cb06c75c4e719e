"""Records: what must be added to the DNS so that a name leads here, as panels want it written; pure."""

import ipaddress
from dataclasses import dataclass

from store import hostname
from store.hostname import Hostname

APEX = "@"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the table: `name` within the domain, `full_name` for panels that want all of it."""

    type: str
    name: str
    full_name: str
    target: str


@dataclass(frozen=True, slots=True)
class Records:
    """The rows for a name, and the domain in whose DNS they go."""

    zone: Hostname
    apex: bool
    cname_target: Hostname
    rows: tuple[Record, ...]


def records_for(name: Hostname, cname_target: Hostname, addresses: frozenset[str]) -> Records:
    """A CNAME; at an apex, where none can stand, our addresses."""
    zone = hostname.registered_domain(name)
    if zone != name:
        row = Record("CNAME", relative_name(name), name, cname_target)
        return Records(zone or name, False, cname_target, (row,))
    ours = sorted(addresses, key=_in_order)
    rows = tuple(Record(_type(address), APEX, name, address) for address in ours)
    return Records(name, True, cname_target, rows)


def relative_name(name: Hostname) -> str:
    """The name as written inside its domain: `billing` of billing.mycompany.com, @ for the domain itself."""
    zone = hostname.registered_domain(name)
    if zone is None:
        return name
    return APEX if zone == name else name.removesuffix(f".{zone}")


def _type(address: str) -> str:
    return "AAAA" if ipaddress.ip_address(address).version == 6 else "A"


def _in_order(address: str) -> tuple[int, int]:
    parsed = ipaddress.ip_address(address)
    return parsed.version, int(parsed)

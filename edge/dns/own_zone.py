"""Own zone: what our own DNS must hold for clients' records to lead here, as records and as a zone file; pure.

A CAA record at a CNAME's target is found before any at the alias's own domain (RFC 8659 section 3): ours there
permits our CA, for our account alone (RFC 8657), however strict a client's domain is. A name by the wildcard has
the wildcard's.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.dns.rules import caa
from store.diagnosis import Authority
from store.operations import OwnRecord, Verdict

TTL = 300
KINDS = ("A", "AAAA", "CAA")
_SOA_TIMES = "3600 600 604800 60"


@dataclass(frozen=True, slots=True)
class Server:
    """Who serves the zone, if it is one of its own: its name servers, and whose mailbox its SOA names."""

    names: tuple[str, ...]
    hostmaster: str


@dataclass(frozen=True, slots=True)
class OwnZone:
    """The target of clients' records and all names below it, at our addresses, for our CA; None: bound by no CAA."""

    target: str
    addresses: tuple[str, ...]
    authority: Authority | None

    @property
    def names(self) -> tuple[str, str]:
        """The shared target, and the wildcard for the targets of each organisation."""
        return self.target, f"*.{self.target}"

    def values(self, kind: str) -> tuple[str, ...]:
        """What either name must hold."""
        match kind:
            case "A":
                return tuple(a for a in self.addresses if ipaddress.ip_address(a).version == 4)
            case "AAAA":
                return tuple(a for a in self.addresses if ipaddress.ip_address(a).version == 6)
            case _:
                return (permission(self.authority),) if self.authority and self.authority.identities else ()


def permission(authority: Authority) -> str:
    """The CAA record that names our CA, our account there, and the ways by which we prove names."""
    parts = [authority.identities[0]]
    if authority.account:
        parts.append(f"accounturi={authority.account}")
    if authority.methods:
        parts.append(f"validationmethods={','.join(authority.methods)}")
    return f'0 issue "{"; ".join(parts)}"'


def zone_file(zone: OwnZone, now: datetime, server: Server | None = None) -> str:
    """The records in the form of RFC 1035; without a server, those that a DNS host writes itself are hints."""
    lines = [
        f"; What clients' records lead to: {zone.target}, and a target of each organisation below it.",
        f"$ORIGIN {zone.target}.",
        f"$TTL {TTL}",
    ]
    if server:
        serial = int(now.timestamp())
        lines.append(f"@ SOA {server.names[0]}. {server.hostmaster}. {serial} {_SOA_TIMES}")
        lines += [f"@ NS {name}." for name in server.names]
    else:
        lines += [
            "; SOA and NS are your DNS host's. For a zone of its own: --server NAME, once for each name server.",
            f"; @ SOA ns1.example. hostmaster.example. 1 {_SOA_TIMES}",
            "; @ NS ns1.example.",
        ]
    for owner in ("@", "*"):
        lines += [f"{owner} {kind} {value}" for kind in KINDS for value in zone.values(kind)]
    return "\n".join([*lines, *_notes(zone)]) + "\n"


def judged(zone: OwnZone, seen: Mapping[tuple[str, str], tuple[str, ...] | None]) -> tuple[OwnRecord, ...]:
    """Each record that is wanted, or stands there unwanted, beside what the DNS says; None: nobody answered."""
    return tuple(
        OwnRecord(name, kind, zone.values(kind), found, _verdict(zone, kind, found))
        for name in zone.names
        for kind in KINDS
        if (found := seen[name, kind]) or zone.values(kind)
    )


def _verdict(zone: OwnZone, kind: str, found: Sequence[str] | None) -> Verdict:
    if found is None:
        return Verdict.UNKNOWN
    wanted = zone.values(kind)
    if kind == "CAA":
        return _permitted(wanted, found)
    if set(wanted) - set(found) and set(found) <= set(wanted):
        return Verdict.MISSING
    return Verdict.RIGHT if set(found) <= set(wanted) else Verdict.WRONG


def _permitted(wanted: Sequence[str], found: Sequence[str]) -> Verdict:
    issuers = [each for each in map(caa.issuer, found) if each]
    if not issuers:
        return Verdict.MISSING if wanted else Verdict.RIGHT
    return Verdict.RIGHT if not wanted or caa.issuer(wanted[0]) in issuers else Verdict.WRONG


def _notes(zone: OwnZone) -> Iterable[str]:
    if zone.authority is None:
        yield "; No CAA: the embedded CA is bound by none."
    elif not zone.authority.identities:
        yield "; No CAA: say in acme.caa_identities what CAA records call your CA."
    elif not zone.authority.account:
        yield "; The CAA records name no account: there is none at the CA yet. Print this again once there is."

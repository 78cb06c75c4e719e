"""Mistakes: the usual ways to get a customer's record wrong, made on request, and put right again."""

import enum
from dataclasses import dataclass

from demo.records import POINTERS, Record
from demo.zone import Fault, Zone
from store.hostname import Hostname

CLOUDFLARE_V4 = ("104.18.32.7", "172.64.155.249")
CLOUDFLARE_V6 = ("2606:4700:4400::6812:2007", "2606:4700:4400::ac40:9bf9")
OLD_HOST_V4 = "203.0.113.80"
OLD_HOST_V6 = "2001:db8:80::80"


class Mistake(enum.Enum):
    """One button each; the value is what the form sends."""

    MISTYPED = "mistyped"
    DOUBLED = "doubled"
    RELATIVE = "relative"
    PROXIED = "proxied"
    OLD_HOST = "old-host"
    TWO_HOSTS = "two-hosts"
    OLD_IPV6 = "old-ipv6"
    LOOP = "loop"
    NOTHING = "nothing"
    CAA = "caa"
    SERVFAIL = "servfail"
    SILENT = "silent"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Case:
    """What a mistake is about: the name, its domain, where it ought to point, and the addresses there."""

    hostname: str
    domain: Hostname
    target: str
    ours_v4: tuple[str, ...]
    ours_v6: tuple[str, ...]


_FAULTS = {Mistake.SERVFAIL: Fault.SERVFAIL, Mistake.SILENT: Fault.SILENT, Mistake.LAPSED: Fault.LAPSED}


def records_of(mistake: Mistake | None, case: Case) -> list[Record]:
    """The records a mistake leaves behind; None is the right state."""
    name, domain, target = case.hostname, case.domain, case.target
    match mistake:
        case None | Mistake.SERVFAIL | Mistake.SILENT | Mistake.LAPSED:
            return [_pointer(case, name, target)]
        case Mistake.DOUBLED:
            return [_pointer(case, f"{name}.{domain}", target)]
        case Mistake.LOOP:
            return [_pointer(case, name, f"www-{name}"), _pointer(case, f"www-{name}", name)]
        case Mistake.NOTHING:
            return []
        case Mistake.CAA:
            return [_pointer(case, name, target), Record(domain, "CAA", '0 issue "another-ca.example"')]
        case Mistake.MISTYPED | Mistake.RELATIVE:
            wrong = mistyped(target) if mistake is Mistake.MISTYPED else f"{target}.{domain}"
            return [_pointer(case, name, wrong)]
        case Mistake.PROXIED | Mistake.OLD_HOST | Mistake.TWO_HOSTS | Mistake.OLD_IPV6:
            return [
                *(Record(name, "A", address) for address in _wrong_v4(mistake, case)),
                *(Record(name, "AAAA", address) for address in _wrong_v6(mistake, case)),
            ]


def _wrong_v4(mistake: Mistake, case: Case) -> tuple[str, ...]:
    ours = case.ours_v4 or ("127.0.0.1",)
    return {
        Mistake.PROXIED: CLOUDFLARE_V4,
        Mistake.OLD_HOST: (OLD_HOST_V4,),
        Mistake.TWO_HOSTS: (*ours, OLD_HOST_V4),
    }.get(mistake, ours)


def _wrong_v6(mistake: Mistake, case: Case) -> tuple[str, ...]:
    wrong = {
        Mistake.PROXIED: CLOUDFLARE_V6,
        Mistake.OLD_IPV6: (OLD_HOST_V6,),
        Mistake.TWO_HOSTS: case.ours_v6,
    }
    return wrong.get(mistake, ())


class Mishaps:
    """Makes mistakes in a zone and remembers what each put there, so that it can be put right."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._made: dict[Hostname, list[Record]] = {}

    def make(self, mistake: Mistake | None, hostname: str, domain: Hostname, target: str) -> None:
        """Replace where a name points by a mistake, or by the right record for None."""
        zone = self._zone
        v4, v6 = (tuple(zone.addresses(target, kind)) for kind in ("A", "AAAA"))
        placed = records_of(mistake, Case(hostname, domain, target, v4, v6))
        for record in [*self._made.pop(domain, []), *self._pointers(hostname, domain)]:
            zone.remove(record)
        for record in placed:
            zone.add(record)
        zone.set_fault(domain, _FAULTS.get(mistake) if mistake else None)
        if mistake is not None:
            self._made[domain] = placed

    def _pointers(self, hostname: str, domain: Hostname) -> list[Record]:
        return [r for r in self._zone.records(domain) if r.name == hostname and r.type in POINTERS]


def mistyped(target: str) -> str:
    """The target with two neighbouring letters of its first label swapped."""
    for index in range(1, target.find(".") - 1):
        if target[index] != target[index + 1]:
            return target[:index] + target[index + 1] + target[index] + target[index + 2 :]
    return "x" + target


def _pointer(case: Case, name: str, target: str) -> Record:
    """An apex cannot hold a CNAME beside its SOA (RFC 1034 3.6.2), so there it is an ALIAS."""
    return Record(name, "ALIAS" if name == case.domain else "CNAME", target + ".")

"""Lookup: thorough looks at names: the zone's own servers, then public resolvers, then ours; all kept as evidence."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import dns.asyncbackend
import dns.resolver

from edge.dns.delegation import Walk
from edge.dns.inquiry import LIMITS, Inquiry, Limits, Took, untimed
from edge.dns.look import Look
from edge.dns.proxies import proxy_of
from edge.dns.server import PORT, Server, is_public, parsed
from store.diagnosis import Evidence
from store.dns_answers import Probe
from store.hostname import Hostname
from store.reserved_names import is_special

MAX_PROBES = 2


@dataclass(frozen=True, slots=True)
class Sources:
    """Who is asked; with no root hints the walk begins at the top-level domain that our resolvers name."""

    resolvers: tuple[str, ...] = ()
    public_resolvers: tuple[str, ...] = ()
    root_hints: tuple[str, ...] = ()
    private_servers: bool = False
    port: int = PORT
    """Where the servers of a delegation are asked; with root hints, their port counts."""


class Lookup:
    """Looks at names from all sides; keeps nothing between looks."""

    def __init__(
        self,
        sources: Sources,
        clock: Callable[[], datetime],
        *,
        limits: Limits = LIMITS,
        probe: Callable[[Hostname, str], Awaitable[Probe]] | None = None,
        proxied: Callable[[str], str | None] = proxy_of,
        took: Took = untimed,
    ):
        dns.asyncbackend.set_default_backend("asyncio")
        self._ours = tuple(map(parsed, sources.resolvers)) or _of_this_machine()
        self._public = tuple(map(parsed, sources.public_resolvers))
        self._hints = tuple(map(parsed, sources.root_hints))
        self._port = self._hints[0].port if self._hints else sources.port
        self._private = sources.private_servers
        self._clock = clock
        self._limits = limits
        self._probe = probe
        self._proxied = proxied
        self._took = took

    async def look(self, hostname: Hostname, target: str | None) -> Evidence:
        """Everything about a name that a diagnosis may need, within the limits of one look."""
        inquiry = Inquiry(self._limits, self._clock, self._took)
        walk = Walk(inquiry, self._hints, self._ours, port=self._port, private_servers=self._private)
        look = Look(inquiry, walk, hostname, target, self._clock())
        public = () if is_special(hostname) else self._public
        await asyncio.gather(look.zone(), look.by_public(public), look.by_ours(self._ours))
        await asyncio.gather(look.besides(), look.permissions())
        evidence = look.evidence()
        await asyncio.gather(*map(look.whose, _foreign(evidence)))
        return look.evidence(await self._probes(hostname, evidence))

    async def _probes(self, hostname: Hostname, evidence: Evidence) -> tuple[Probe, ...]:
        """A request to known proxies alone: no zone's owner may send us anywhere else."""
        if self._probe is None:
            return ()
        known = [address for address in evidence.addresses if self._proxied(address)]
        return tuple(await asyncio.gather(*(self._probe(hostname, a) for a in known[:MAX_PROBES])))


def _foreign(evidence: Evidence) -> Sequence[str]:
    """Addresses whose network may be named: those that stand for the name itself."""
    return () if evidence.chain else [a for a in evidence.addresses if is_public(a)][:2]


def _of_this_machine() -> tuple[Server, ...]:
    try:
        servers = dns.resolver.Resolver().nameservers
    except dns.resolver.NoResolverConfiguration:
        servers = ["127.0.0.1"]  # what resolv.conf(5) says where it names none
    return tuple(Server(str(server)) for server in servers)

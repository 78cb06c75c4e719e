"""Resolver: the questions we put to the DNS, over dnspython; every answer is a value, time-outs included."""

import asyncio
import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import dns.asyncbackend
import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.rdtypes.ANY.CNAME  # dnspython loads what it answers with on first use: in a visitor's time
import dns.rdtypes.ANY.TXT
import dns.rdtypes.IN.A
import dns.rdtypes.IN.AAAA
import dns.resolver

from edge.dns.inquiry import Took, untimed
from edge.dns.server import parsed
from store.diagnosis import Asked, Evidence
from store.hostname import Hostname

MAX_CHAIN = 8
"""CNAME hops that are followed; the CAs' own resolvers stop near there."""
LIFETIME_SECONDS = 5.0
TRY_SECONDS = 2.0
LOOK_SECONDS = 10.0
"""All questions about one name together: half of what a visitor waits for at most."""


@dataclass(frozen=True, slots=True)
class _Answer:
    asked: Asked
    values: tuple[str, ...] = ()
    ttl: int | None = None
    failure: str = ""


class Resolver:
    """Asks the configured resolvers, or the system's; keeps no cache: the servers asked have one."""

    def __init__(
        self,
        servers: tuple[str, ...],
        *,
        lifetime_seconds: float = LIFETIME_SECONDS,
        try_seconds: float = TRY_SECONDS,
        look_seconds: float = LOOK_SECONDS,
        took: Took = untimed,
    ):
        self._look_seconds = look_seconds
        self._took = took
        dns.asyncbackend.set_default_backend("asyncio")
        self._resolver = _asking(servers)
        self._resolver.lifetime = lifetime_seconds
        self._resolver.timeout = try_seconds

    async def look(self, hostname: Hostname, target: str | None) -> Evidence:
        """Follow the CNAME chain of a name hop by hop, to `target` or its end, and ask A and AAAA there."""
        try:
            async with asyncio.timeout(self._look_seconds):
                return await self._follow(hostname, target)
        except TimeoutError:
            failure = f"{hostname}: its name servers took longer than {self._look_seconds:g} seconds in all"
            return Evidence(hostname, Asked.FAILED, failure=failure)

    async def addresses(self, name: str) -> tuple[str, ...]:
        """A and AAAA of a name, CNAMEs followed by the resolver; empty when there are none or nobody answers."""
        found = await asyncio.gather(self._ask(name, "A"), self._ask(name, "AAAA"))
        return tuple(value for answer in found for value in answer.values)

    async def texts(self, name: str) -> tuple[str, ...] | None:
        """The TXT records at a name, as they are written; None when nobody answers."""
        found = await self._records(name, "TXT")
        if found is None:
            return None
        return tuple(b"".join(record.strings).decode("utf-8", errors="replace") for record in found)

    async def records(self, name: str, kind: str) -> tuple[str, ...] | None:
        """The values of one type at a name, CNAMEs followed by the resolver; None when nobody answers."""
        found = await self._records(name, kind)
        return None if found is None else tuple(str(record) for record in found)

    async def _resolve(self, name: str, kind: str) -> dns.resolver.Answer:
        began, answered = perf_counter(), False
        try:
            found = await self._resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
            answered = True
            return found
        except dns.resolver.NXDOMAIN:
            answered = True
            raise
        finally:
            self._took(answered, perf_counter() - began)

    async def _records(self, name: str, kind: str) -> tuple[Any, ...] | None:
        try:
            async with asyncio.timeout(self._look_seconds):
                found = await self._resolve(name, kind)
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, OSError, TimeoutError):
            return None
        return tuple(found.rrset or ())

    async def _follow(self, hostname: Hostname, target: str | None) -> Evidence:
        chain: list[str] = []
        name: str = hostname
        ttls: list[int] = []
        while len(chain) <= MAX_CHAIN:
            answer = await self._ask(name, "CNAME")
            if answer.asked is Asked.FAILED:
                return Evidence(hostname, Asked.FAILED, tuple(chain), failure=answer.failure)
            if not answer.values:
                break
            name = answer.values[0]
            ttls += [answer.ttl] if answer.ttl is not None else []
            looped = name in chain or name == hostname
            chain.append(name)
            if looped or name == target:
                return Evidence(hostname, Asked.ANSWERED, tuple(chain), ttl=min(ttls))
        return await self._addresses_at(hostname, name, tuple(chain), ttls)

    async def _addresses_at(
        self, hostname: Hostname, name: str, chain: tuple[str, ...], ttls: list[int]
    ) -> Evidence:
        found = await asyncio.gather(self._ask(name, "A"), self._ask(name, "AAAA"))
        failed = next((a for a in found if a.asked is Asked.FAILED), None)
        addresses = tuple(value for answer in found for value in answer.values)
        ttls = ttls + [answer.ttl for answer in found if answer.ttl is not None]
        ttl = min(ttls) if ttls else None
        if failed:
            return Evidence(hostname, Asked.FAILED, chain, addresses, ttl, failed.failure)
        gone = not chain and all(a.asked is Asked.NXDOMAIN for a in found)
        return Evidence(hostname, Asked.NXDOMAIN if gone else Asked.ANSWERED, chain, addresses, ttl)

    async def _ask(self, name: str, kind: str) -> _Answer:
        try:
            found = await self._resolve(name, kind)
        except dns.resolver.NXDOMAIN:
            return _Answer(Asked.NXDOMAIN)
        except (dns.resolver.NoNameservers, dns.exception.Timeout, OSError) as error:
            return _Answer(Asked.FAILED, failure=f"{kind} {name}: {error}")
        except dns.exception.DNSException as error:
            return _Answer(Asked.FAILED, failure=f"{kind} {name}: {type(error).__name__}")
        if found.rrset is None:
            return _Answer(Asked.ANSWERED)
        return _Answer(Asked.ANSWERED, tuple(_text(record) for record in found.rrset), found.rrset.ttl)


def _asking(servers: tuple[str, ...]) -> dns.asyncresolver.Resolver:
    if not servers:
        with suppress(dns.resolver.NoResolverConfiguration):
            return dns.asyncresolver.Resolver()
        servers = ("127.0.0.1",)  # what resolv.conf(5) says where it names none
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = [
        dns.nameserver.Do53Nameserver(server.address, server.port) for server in map(parsed, servers)
    ]
    return resolver


def _text(record: object) -> str:
    text = str(record).lower().removesuffix(".")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text

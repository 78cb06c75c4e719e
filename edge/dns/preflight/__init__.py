"""Preflight: asks what the CA will ask, before an order is spent: our answer over HTTP, and CAA."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from edge.dns.preflight.permission import Permission, permission
from edge.dns.preflight.visit import Seen, Visitor
from store.destination import Destination
from store.diagnosis import Authority
from store.hostname import Hostname
from store.instants import Clock
from store.preflight import Preflight, Reach

SECONDS = 1.0
"""More than a healthy answer needs, less than a visitor who waits for a certificate minds."""
SILENCE = timedelta(minutes=10)
"""How long an address of ours that did not answer ourselves is left alone."""
FOREVER_AGO = datetime.min.replace(tzinfo=UTC)
MAX_ADDRESSES = 8

Addresses = Callable[[str], Awaitable[tuple[str, ...]]]
"""A and AAAA of a name, aliases followed."""


class Preflights:
    """Looks at names just before they are ordered; what could not be asked in time is unknown, not wrong."""

    def __init__(
        self,
        *,
        visitor: Visitor,
        addresses: Addresses,
        records: Callable[[str, str], Awaitable[tuple[str, ...] | None]],
        authority: Callable[[], Awaitable[Authority | None]],
        expected: Callable[[Hostname, str], tuple[str, str]],
        clock: Clock,
    ):
        """`records` asks for one type at a name; `expected` is the path for a nonce, and our answer there."""
        self._visitor = visitor
        self._addresses = addresses
        self._records = records
        self._authority = authority
        self._expected = expected
        self._clock = clock
        self._silent_until: dict[str, datetime] = {}

    async def look(self, destination: Destination) -> Preflight:
        """Ask all at once."""
        authority = await self._authority()
        if authority is None:
            return Preflight()  # the embedded CA asks nobody
        seen, allowed = await asyncio.gather(
            self._seen(destination.hostname, authority), self._permission(destination.hostname, authority)
        )
        others = [one.words for one in seen if one.reach is Reach.OTHER]
        unknown = [one.words for one in seen if one.reach is Reach.UNKNOWN]
        reach = Reach.OTHER if others else Reach.OURS if seen and not unknown else Reach.UNKNOWN
        return Preflight(reach, "; ".join(others or unknown), allowed.code, allowed.record)

    async def _seen(self, hostname: Hostname, authority: Authority) -> list[Seen]:
        """What answers at each address of the name that is ours; the CA may choose any of them."""
        if "http-01" not in authority.methods:
            return []
        path, value = self._expected(hostname, secrets.token_urlsafe(32))
        try:
            async with asyncio.timeout(SECONDS):
                found = await self._addresses(hostname)
        except TimeoutError:
            return [Seen(Reach.UNKNOWN, f"the addresses of {hostname} could not be looked up in time")]
        visits = (self._at(hostname, address, path, value) for address in found[:MAX_ADDRESSES])
        return list(await asyncio.gather(*visits))

    async def _at(self, hostname: Hostname, address: str, path: str, value: str) -> Seen:
        """One address; where a packet to ourselves is lost (many a router does that), visitors wait for it once."""
        if timedelta() < self._silent_until.get(address, FOREVER_AGO) - self._clock() <= SILENCE:
            return Seen(Reach.UNKNOWN, f"{address} did not answer us lately")
        try:
            async with asyncio.timeout(SECONDS):
                return await self._visitor.visit(hostname, address, path, value)
        except TimeoutError:
            self._silent_until[address] = self._clock() + SILENCE
            return Seen(Reach.UNKNOWN, f"{address} did not answer us within {SECONDS:g} second")

    async def _permission(self, hostname: Hostname, authority: Authority) -> Permission:
        try:
            async with asyncio.timeout(SECONDS):
                return await permission(hostname, authority, self._records)
        except TimeoutError:
            return Permission()

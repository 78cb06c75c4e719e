"""Certificates: memory -> store -> issue, one flight a name; waiters share its result or its refusal."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from edge.tls.contexts import Contexts
from edge.tls.gate import Denied
from edge.tls.issuance_trace import COMMIT, Trace
from store import certificates, issuance
from store.certificates import Certificate, Source
from store.database import Store
from store.hostname import Hostname
from store.instants import Clock
from store.operations import Flight
from store.tasks import OwnedTasks
from store.unwritable import Unwritable
from store.vault import SealBroken, Vault

log = logging.getLogger(__name__)


class Issues(Protocol):
    """Gets a certificate; `edge.tls.issuer.Issuer.issue` is the real one."""

    def __call__(
        self, hostname: Hostname, reason: str, *, replace: str = "", trace: Trace | None = None
    ) -> Awaitable[Certificate | Denied]: ...


@dataclass(frozen=True, slots=True)
class _Flight:
    """What is under way: a visitor's never waits for a renewal, since what stands may be in the store alone."""

    hostname: Hostname
    replace: str = ""


class Certificates:
    """The certificates of this process: ready contexts, and the flights that make them."""

    def __init__(self, store: Store, vault: Vault, contexts: Contexts, issue: Issues, clock: Clock):
        self._store = store
        self._vault = vault
        self._contexts = contexts
        self._issue = issue
        self._clock = clock
        self._flights: dict[_Flight, asyncio.Task[ssl.SSLContext | Denied]] = {}
        self._begun: dict[_Flight, tuple[Flight, Trace]] = {}
        self._ends: dict[Hostname, tuple[str, datetime]] = {}
        self._tasks = OwnedTasks()
        self._seen: int | None = None

    def ready(self, hostname: Hostname) -> ssl.SSLContext | None:
        """The context in memory, unless its certificate has expired."""
        serial, ends_at = self._ends.get(hostname, (None, None))
        if ends_at is None or ends_at <= self._clock() or self._contexts.serial(hostname) != serial:
            return None
        return self._contexts.get(hostname)

    async def context_for(
        self, hostname: Hostname, reason: str = "handshake", *, came_at: float | None = None
    ) -> ssl.SSLContext | Denied:
        """The context for a name; whoever stops waiting leaves the flight to go on.

        `came_at`: when the visitor's connection came, by the monotonic clock; its hello has just been read.
        """
        ready = self.ready(hostname)
        if ready is not None:
            return ready
        return await asyncio.shield(self._flight(_Flight(hostname), reason, came_at))

    async def renew(self, hostname: Hostname) -> ssl.SSLContext | Denied:
        """A certificate in place of the one that stands; that one serves until the new one is loaded."""
        found = await self._store.read(certificates.standing, hostname, self._clock())
        return await asyncio.shield(self._flight(_Flight(hostname, found.serial if found else ""), "renewal"))

    async def refresh(self) -> None:
        """Drop from memory what was replaced or taken away in the store; the next handshake loads what stands."""
        if self._seen is None:
            self._seen = await self._store.read(certificates.newest_change)
        self._seen, changed = await self._store.read(certificates.changed_since, self._seen, self._clock())
        for hostname, standing in changed.items():
            if hostname.startswith("*."):
                self._forget_below(hostname)
                continue
            loaded = self._ends.get(hostname)
            if loaded and (standing is None or standing.serial != loaded[0]):
                self._contexts.drop(hostname)

    def _forget_below(self, wildcard: Hostname) -> None:
        """Drop every name that a wildcard may serve: what stands for each is looked up again."""
        for hostname in self._ends:
            if certificates.wildcard_above(hostname) == wildcard:
                self._contexts.drop(hostname)

    def forget(self, hostnames: Iterable[Hostname]) -> None:
        """Drop names that left their owner: the next one is confirmed anew."""
        for hostname in hostnames:
            self._ends.pop(hostname, None)
            self._contexts.drop(hostname)

    def under_way(self) -> tuple[Flight, ...]:
        """The flights of this process, the longest first."""
        return tuple(replace(flight, phases=trace.phases) for flight, trace in self._begun.values())

    def saw(self, hostname: Hostname, what: str) -> None:
        """A validation of the CA came for a name: it belongs to the flight that it was set off by."""
        for key, (_, trace) in self._begun.items():
            if key.hostname == hostname:
                trace.note(what)

    async def close(self) -> None:
        """Cancel the flights; each gives its lease back."""
        await self._tasks.close()

    def _flight(
        self, key: "_Flight", reason: str, came_at: float | None = None
    ) -> asyncio.Task[ssl.SSLContext | Denied]:
        flight = self._flights.get(key)
        if flight is None:
            trace = Trace(came_at)
            if came_at is not None:
                trace.mark("hello")
            flight = self._tasks.begin(self._obtain(key, reason, trace), f"certificate {key.hostname}")
            self._flights[key] = flight
            self._begun[key] = Flight(key.hostname, reason, self._clock()), trace
            flight.add_done_callback(lambda _: self._ended(key))
        return flight

    def _ended(self, key: "_Flight") -> None:
        self._flights.pop(key, None)
        self._begun.pop(key, None)

    async def _obtain(self, key: "_Flight", reason: str, trace: Trace) -> ssl.SSLContext | Denied:
        found = await self._store.read(certificates.standing, key.hostname, self._clock())
        if found and not (found.serial == key.replace and self._is_to_be_replaced(found)):
            return await self._load(key.hostname, found)
        try:
            issued = await self._issue(key.hostname, reason, replace=key.replace, trace=trace)
        except Unwritable:
            return Denied("unwritable", "the disk of the server takes nothing more")
        if isinstance(issued, Denied):
            return issued
        # One that was uploaded goes on until it ends, though ours is there already.
        found = await self._store.read(certificates.standing, key.hostname, self._clock()) or issued
        loaded = await self._load(key.hostname, found)
        trace.mark("load")
        if trace.has(COMMIT):  # else another process issued it
            # The visitor does not wait for the book-keeping.
            kept = self._store.write(issuance.complete_trace, key.hostname, trace.phases)
            self._tasks.start(kept, f"trace of {key.hostname}")
        return loaded

    def _is_to_be_replaced(self, found: Certificate) -> bool:
        """One that was uploaded is left alone until its end is near."""
        left = found.not_after - self._clock()
        return found.source is Source.ISSUED or left <= certificates.TAKING_OVER

    async def _load(self, hostname: Hostname, found: Certificate) -> ssl.SSLContext | Denied:
        try:
            key_pem = self._vault.open(found.sealed_key, found.hostname, found.serial)
        except SealBroken as broken:
            log.error("stored key does not open", extra={"hostname": found.hostname, "serial": found.serial})
            return Denied("key_sealed", str(broken))
        chain_pem = found.chain_pem.encode("ascii")
        try:
            context = await self._contexts.load(hostname, found.serial, chain_pem, key_pem)
        except ssl.SSLError as error:
            log.error("certificate unusable", extra={"hostname": found.hostname, "serial": found.serial})
            return Denied("certificate_unusable", str(error))
        self._ends[hostname] = found.serial, found.not_after  # until now, what was loaded before has served
        return context

"""Processes: what several `serve` processes on one store have of certificates, with one DNS and one CA."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from edge.dns.confirmation import Confirmed
from edge.dns.diagnosis import diagnose
from edge.tls import limits
from edge.tls.certificates import Certificates
from edge.tls.contexts import Contexts
from edge.tls.gate import Denied
from edge.tls.issuer import Issuer, Looks
from edge.tls.limits import Limits
from edge.tls.quota import Quota
from store import certificates, domains, issuance, leases, organisations
from store.certificates import Certificate
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Asked, Evidence, Expectation
from store.hostname import Hostname
from store.issuance import Standing
from store.leases import Lease
from store.preflight import Preflight, Reach
from store.vault import Vault
from tests.fakes.scripted_ca import ScriptedCA
from tests.fakes.self_signed import self_signed
from tests.fakes.set_clock import SetClock

SHOP = Hostname("shop.customer.example")
TARGET = Hostname("edge.platform.example")
POINTED = Evidence(SHOP, Asked.ANSWERED, (TARGET,))


@dataclass
class World:
    """What all processes share."""

    path: Path
    clock: SetClock
    ca: ScriptedCA
    vault: Vault
    stack: AsyncExitStack
    limits: Limits = limits.NONE
    dns: Evidence = POINTED
    preflight: Preflight = field(default_factory=lambda: Preflight(Reach.OURS))
    routes: dict[Hostname, Destination] = field(default_factory=dict)
    looked: list[Hostname] = field(default_factory=list)

    async def process(self) -> "Process":
        """One more process, with its own connections to the store."""
        store = await Store.open(self.path)
        self.stack.push_async_callback(store.close)
        issuer = Issuer(
            store=store,
            vault=self.vault,
            ca=self.ca,
            quota=Quota(store, self.clock, self.ca.name, self.limits),
            looks=Looks(self._confirm, self._preflight),
            resolve=self.routes.get,
            clock=self.clock,
            jitter=lambda: 0.0,
        )
        held = Certificates(store, self.vault, Contexts(), issuer.issue, self.clock)
        self.stack.push_async_callback(held.close)
        await held.refresh()
        return Process(self, store, issuer, held)

    async def _preflight(self, destination: Destination) -> Preflight:
        return self.preflight

    async def _confirm(self, destination: Destination) -> Confirmed:
        self.looked.append(destination.hostname)
        await asyncio.sleep(0)
        expectation = Expectation(destination.cname_target, frozenset(), apex=False)
        return Confirmed(self.dns, diagnose(self.dns, expectation), self.clock())


@dataclass
class Process:
    """One of them."""

    world: World
    store: Store
    issuer: Issuer
    certificates: Certificates

    async def register(self, hostname: Hostname = SHOP) -> None:
        destination = Destination(hostname, Room.PORTAL, 1, False, (), Confirmation.CNAME, TARGET)
        await self.store.write(domains.add, destination, self.world.clock())
        self.world.routes[hostname] = destination

    async def visit(self, hostname: Hostname = SHOP) -> ssl.SSLContext | Denied:
        return await self.certificates.context_for(hostname)

    async def standing(self, hostname: Hostname = SHOP) -> Standing:
        return await self.store.read(issuance.standing, hostname)

    async def certificate(self, hostname: Hostname = SHOP) -> Certificate | None:
        return await self.store.read(certificates.standing, hostname, self.world.clock())

    async def upload(self, *, ends_at: datetime, hostname: Hostname = SHOP) -> Certificate:
        """A certificate of an admin's own is put in use."""
        chain, key = self_signed(hostname, serial=0xAD)
        sealed = self.world.vault.seal(key, hostname, "ad")
        now = self.world.clock()
        held = Certificate(
            hostname, "ad", chain.decode(), sealed, "theirs", now, ends_at, certificates.Source.UPLOADED
        )
        await self.store.write(certificates.add, held, now)
        return held

    async def take_lease(self, hostname: Hostname = SHOP) -> Lease | leases.HeldBy:
        """As another owner on this host would."""
        clock = self.world.clock
        name, ends_at = issuance.lease_name(hostname), clock() + timedelta(minutes=5)
        return await self.store.write(leases.take, name, leases.this_process(), clock(), ends_at)


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """An organisation, a CA and a DNS that points at us."""
    clock = SetClock()
    async with AsyncExitStack() as stack:
        made = World(folder / "brassplate.db", clock, ScriptedCA(clock), Vault(b"m" * 32), stack)
        store = await Store.open(made.path)
        await store.write(organisations.add, "meridian", "Meridian", clock())
        await store.close()
        yield made


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that another task brings about."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.001)

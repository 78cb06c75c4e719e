"""Completion: look, issue, prove, by itself once the record is right; every outcome becomes a fact in the store."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from store import domains
from store.database import Store
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname, shown
from store.instants import Clock
from store.proof import NotProved, Proved
from store.tasks import OwnedTasks

log = logging.getLogger(__name__)

Check = Callable[[Hostname], Awaitable[Diagnosis]]
"""Looks at the DNS now and keeps what it says."""
Issue = Callable[[Hostname], Awaitable[bool]]
"""Gets the certificate, if there is none; True when one stands. A refusal is kept by the issuer."""


SetLive = Callable[[sqlite3.Connection, Hostname, datetime], None]
"""Keeps that a name was proved to be live, and tells whom it concerns."""

FORBIDDING = "caa_"
"""What the codes begin with of records by which the CA must refuse."""


class Proves(Protocol):
    """`edge.jobs.proof.Prover.prove` is the real one."""

    def __call__(self, hostname: Hostname) -> Awaitable[Proved | NotProved]: ...


def may_go_on(found: Diagnosis) -> bool:
    """Whether an order can succeed by what the DNS says: the CA is spared others, and our limits with it."""
    return found.routing is Routing.OK and not found.code.startswith(FORBIDDING)


class Completion:
    """At most one completion a name runs at a time; they go on when the admin closes the page."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        check: Check,
        issue: Issue,
        prove: Proves,
        *,
        set_live: SetLive = domains.set_live,
        support: str = "",
    ):
        self._store = store
        self._clock = clock
        self._check = check
        self._issue = issue
        self._prove = prove
        self._set_live = set_live
        self._support = support
        self._running: dict[Hostname, asyncio.Task[None]] = {}
        self._tasks = OwnedTasks()

    def start(self, hostname: Hostname) -> None:
        """Begin to complete a name, unless that is under way."""
        if hostname not in self._running:
            work = self._complete(hostname)
            self._running[hostname] = self._tasks.begin(work, f"complete {hostname}")

    async def complete(self, hostname: Hostname) -> None:
        """Complete a name, or join what is under way; returns when that has ended, however it did."""
        self.start(hostname)
        await asyncio.wait([self._running[hostname]])

    def running(self, hostname: Hostname) -> bool:
        """Whether a completion of this name is under way."""
        return hostname in self._running

    async def close(self) -> None:
        """Cancel what is under way."""
        await self._tasks.close()

    async def _complete(self, hostname: Hostname) -> None:
        try:
            diagnosis = await self._check(hostname)
            if not may_go_on(diagnosis) or not await self._issue(hostname):
                return
            proof = await self._prove(hostname)
            if isinstance(proof, Proved):
                await self._store.write(self._set_live, hostname, self._clock())
                log.info("domain live", extra={"hostname": hostname, "addresses": proof.addresses})
            else:
                await self._keep(hostname, proof)
        finally:
            self._running.pop(hostname, None)

    async def _keep(self, hostname: Hostname, proof: NotProved) -> None:
        log.warning("domain not served", extra={"hostname": hostname, "reason": proof.reason})
        found = Diagnosis(
            code="not_served",
            routing=Routing.OK,
            seen=f"{proof.address or shown(hostname)}: {proof.reason}",
            expected="Our own page over HTTPS, at every address of the name",
            action="Nothing to do for you: the certificate is there, but our page was not reached yet.",
            actor=Actor.US,
            support=self._support,
        )
        await self._store.write(domains.set_diagnosis, hostname, found, self._clock())

"""Delivery: sends what is due in the outbox; one process at a time does, by a lease.

A message is marked once the relay has taken it. A crash between the two sends it again, under the same Message-ID:
one may come twice, none is lost.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from edge.jobs.mime import Envelope, NotSendable, envelope_of
from edge.jobs.post import Outcome, PutOff, Refused, Taken
from edge.jobs.rounds import Rounds
from store import deliveries, leases
from store.database import Store
from store.deliveries import Next
from store.instants import Clock
from store.leases import Lease
from store.outbox import Queued
from store.tasks import OwnedTasks

log = logging.getLogger(__name__)

LADDER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""How long a message waits after each try; after the last it is given up."""
JITTER = 0.1
LOOK_SECONDS = 1.0
"""How often it is asked whether anything in the store has changed."""
PAUSES_SECONDS = (5.0, 15.0, 60.0)
"""How long nothing is sent after the relay failed, once, twice, and from then on."""
LEASE = timedelta(minutes=10)
RENEWED = timedelta(minutes=5)
GRACE_SECONDS = 3.0
"""For the message under way when the process ends."""


class Sends(Protocol):
    """`edge.jobs.post.Post` is the real one."""

    async def send(self, envelope: Envelope) -> Outcome: ...
    async def close(self) -> None: ...


class Delivery:
    """The loop that `serve` runs where a relay is set."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        post: Sends,
        *,
        bounces: str = "",
        per_minute: int,
        jitter: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ):
        self._store = store
        self._clock = clock
        self._post = post
        self._bounces = bounces
        self._between = 60.0 / per_minute
        self._jitter = jitter
        self._sleep = sleep
        self._owner = leases.this_process()
        self._lease: Lease | None = None
        self._relay_failures = 0
        self._seen = -1
        self._next_at: datetime | None = None
        self._under_way = OwnedTasks()

    async def run(self, rounds: Rounds) -> None:
        """Look every second whether there is mail to send; runs until cancelled."""
        try:
            await rounds.repeat("mail", self.look, LOOK_SECONDS)
        finally:
            await self._under_way.close()
            await self._post.close()
            await self._give_lease_back()

    async def look(self) -> None:
        """Send what is due, if anything in the store has changed or a message's time has come."""
        version = await self._store.data_version()
        if version == self._seen and (self._next_at is None or self._clock() < self._next_at):
            return
        try:
            await self.send_due()
            self._next_at = await self._store.read(deliveries.next_at)
        except (sqlite3.OperationalError, OSError):
            await self._sleep(PAUSES_SECONDS[0])
            raise
        self._seen = version

    async def send_due(self) -> None:
        """Send until nothing is due, the relay fails, or another process is at it."""
        await self._release_resumed()
        while due := await self._store.read(deliveries.next_due, self._clock()):
            if not await self._may_send():
                return
            if due.suspended:
                await self._hold(due)
            elif not await self._finished(due.queued):
                await self._sleep(PAUSES_SECONDS[min(self._relay_failures, len(PAUSES_SECONDS)) - 1])
            else:
                await self._sleep(self._between)
        await self._post.close()
        await self._give_lease_back()

    async def _finished(self, queued: Queued) -> bool:
        """Deliver one message; a process that ends waits a moment for it. False: the relay is in trouble."""
        task = self._under_way.begin(self._deliver(queued), f"mail {queued.id}")
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task], timeout=GRACE_SECONDS)
            raise

    async def _deliver(self, queued: Queued) -> bool:
        now = self._clock()
        if queued.message.expires_at and queued.message.expires_at <= now:
            words = "; ".join(part for part in ("not sent within its time", queued.error) if part)
            await self._store.write(deliveries.failed, queued.id, words, now)
            return True
        try:
            outcome = await self._post.send(await self._envelope(queued))
        except NotSendable as error:
            await self._store.write(deliveries.failed, queued.id, str(error), now)
            return True
        await self._keep(queued, outcome)
        trouble = isinstance(outcome, PutOff) and outcome.relay_trouble
        self._relay_failures = self._relay_failures + 1 if trouble else 0
        return not trouble

    async def _envelope(self, queued: Queued) -> Envelope:
        sha256, organisation_id = queued.message.attachment_sha256, queued.organisation_id
        content = None
        if sha256 and organisation_id is not None:
            content = await self._store.read(deliveries.attachment, organisation_id, sha256)
            if content is None:
                raise NotSendable("its attachment is not in the store any more")
        try:
            return await asyncio.to_thread(envelope_of, queued, content, self._clock(), bounces=self._bounces)
        except NotSendable:
            raise
        except (
            Exception
        ) as error:  # whatever the e-mail package trips over: one message must not stop the rest
            log.exception("mail not built", extra={"mail": queued.id})
            raise NotSendable(f"it could not be built: {type(error).__name__}") from error

    async def _keep(self, queued: Queued, outcome: Outcome) -> None:
        now, what = self._clock(), {"mail": queued.id, "purpose": queued.message.purpose.value}
        match outcome:
            case Taken():
                await self._store.write(deliveries.sent, queued.id, now)
                log.info("mail sent", extra=what)
            case Refused(words):
                await self._store.write(deliveries.bounced, queued.id, words, now)
                log.warning("mail refused", extra=what | {"words": words})
            case PutOff(words):
                at = self.next_try(queued, now)
                if at is None:
                    await self._store.write(deliveries.failed, queued.id, words, now)
                else:
                    await self._store.write(deliveries.put_off, queued.id, words, at)
                log.warning("mail put off" if at else "mail given up", extra=what | {"words": words})

    def next_try(self, queued: Queued, now: datetime) -> datetime | None:
        """When to try again after one more failure; None: no more, or it would come too late."""
        if queued.attempts >= len(LADDER):
            return None
        at = now + LADDER[queued.attempts] * (1 + JITTER * self._jitter())
        too_late = queued.message.expires_at is not None and at >= queued.message.expires_at
        return None if too_late else at

    async def _hold(self, due: Next) -> None:
        assert due.queued.organisation_id is not None
        while await self._store.write(deliveries.hold, due.queued.organisation_id):
            pass

    async def _release_resumed(self) -> None:
        while (organisation_id := await self._store.read(deliveries.resumed)) is not None:
            await self._store.write(deliveries.release, organisation_id, self._clock())

    async def _may_send(self) -> bool:
        """Whether the lease is ours; it is taken when there is mail, and again before it runs out."""
        now = self._clock()
        if self._lease and now < self._lease.expires_at - RENEWED:
            return True
        await self._give_lease_back()
        taken = await self._store.write(leases.take, "mail", self._owner, now, now + LEASE)
        self._lease = taken if isinstance(taken, Lease) else None
        return self._lease is not None

    async def _give_lease_back(self) -> None:
        if self._lease:
            lease, self._lease = self._lease, None
            await self._store.write(leases.release, lease)

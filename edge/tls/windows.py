"""Renewal windows: asks the CA, certificate by certificate, when each is to be replaced; by due times, never a scan."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from edge.tls import ari
from edge.tls.acme.renewal_info import RenewalInfo
from edge.tls.authority import NotIssued
from store import renewal_windows
from store.database import Store
from store.instants import Clock
from store.renewal_windows import Asked, Window

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0
IN_A_ROUND = 200
"""A hundred thousand names asked every six hours are 140 in half a minute."""
AT_ONCE = 4

Ask = Callable[[str], Awaitable[RenewalInfo | None]]
"""What the CA says of a chain (PEM); None: it has no such thing; `NotIssued`: it could not be asked."""


class RenewalWindows:
    """Its work is one round of the loop that `serve` runs."""

    def __init__(self, store: Store, clock: Clock, ask: Ask, draw: Callable[[], float]):
        self._store = store
        self._clock = clock
        self._ask = ask
        self._draw = draw

    async def work(self) -> None:
        """Ask for all whose time has come, a few at once."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(asked: Asked) -> None:
            async with turns:
                await self._one(asked)

        found = await self._store.read(renewal_windows.due, self._clock(), IN_A_ROUND)
        await asyncio.gather(*map(in_turn, found))

    async def _one(self, asked: Asked) -> None:
        certificate, now = asked.certificate, self._clock()
        try:
            info = await self._ask(certificate.chain_pem)
        except NotIssued as refused:
            log.warning(
                "renewal window not asked",
                extra={"hostname": certificate.hostname, "cause": refused.cause, "detail": refused.detail},
            )
            await self._store.write(renewal_windows.keep, certificate, None, ari.next_poll(now, None))
            return
        if info is None:
            await self._store.write(renewal_windows.keep, certificate, None, now + ari.NO_SUCH_THING)
            return
        at = ari.moment(info.start_at, info.end_at, asked.kept, self._draw())
        at = ari.bounded(at, certificate.not_before, certificate.not_after)
        window, poll_at = Window(info.start_at, info.end_at, at), ari.next_poll(now, info.retry_after)
        await self._store.write(renewal_windows.keep, certificate, window, poll_at)
        if window != asked.kept:
            log.info(
                "renewal window",
                extra={"hostname": certificate.hostname, "moment": at.isoformat()}
                | ({"why": info.explanation_url} if info.explanation_url else {}),
            )

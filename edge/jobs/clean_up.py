"""Clean-up: an hourly look for rows whose time is over."""

import logging

from edge.jobs.rounds import Rounds
from store import (
    challenges,
    deliveries,
    failed_signins,
    handoffs,
    idempotency,
    known_devices,
    ledger,
    rollups,
    sessions,
    signin,
    staff_links,
    status_links,
    tokens,
    viewings,
)
from store.database import Store
from store.instants import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
_TIDIES = (
    sessions.remove_expired,
    signin.remove_forgotten,
    known_devices.remove_expired,
    failed_signins.remove_expired,
    handoffs.remove_expired,
    challenges.remove_expired,
    tokens.remove_expired,
    idempotency.remove_expired,
    staff_links.remove_expired,
    status_links.remove_expired,
    viewings.lapse,
    deliveries.remove_old,
    ledger.remove_full,
)
SUMS = 500
"""Sums of calls that go in one transaction."""


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Remove what has expired, each kind in transactions of its own; runs until cancelled."""
    await rounds.repeat("clean-up", lambda: _round(store, clock), EVERY_SECONDS)


async def _round(store: Store, clock: Clock) -> None:
    for tidy in _TIDIES:
        while await store.write(tidy, clock()):  # some go a few hundred rows at a time
            continue
    await _forget_sums(store)


async def _forget_sums(store: Store) -> None:
    """Those that do not count any more are looked for apart from removing them: the look takes long."""
    last: rollups.Key | None = None
    while found := await store.read(rollups.outworn, last, SUMS):
        await store.write(rollups.forget, found)
        last = found[-1]

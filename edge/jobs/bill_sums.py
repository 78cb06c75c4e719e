"""Bill sums: big invoices are added up before their customers ask, and again once something else is published."""

import logging

from edge.jobs.rounds import Rounds
from store.bill import gathering, gathering_steps
from store.database import Store
from store.instants import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Look every minute for sums that are missing or do not hold any more; runs until cancelled."""
    await rounds.repeat("bill sums", lambda: _round(store, clock), EVERY_SECONDS)


async def _round(store: Store, clock: Clock) -> None:
    done = 0
    for find in (gathering_steps.not_begun, gathering_steps.outdated):
        for bill in await store.read(find):
            done += await gathering.gather(store, bill, clock())
    if done:
        log.info("invoices were added up", extra={"invoices": done})

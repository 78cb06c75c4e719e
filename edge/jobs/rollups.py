"""Call sums: months of many calls are summed anew once they became other, before their customer asks for them."""

import logging
from datetime import date

from edge.jobs.rounds import Rounds
from store import rollups
from store.database import Store
from store.instants import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
LEAST = 2000
"""Calls of a month: fewer are summed in some milliseconds when their page is opened."""
AT_ONCE = 20


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Sum what became other, the newest months first; runs until cancelled."""
    await rounds.repeat("call sums", lambda: sum_outdated(store), EVERY_SECONDS)


async def sum_outdated(store: Store) -> None:
    """One round: every large month whose sums stand for calls of before."""
    while found := await store.read(rollups.outdated, LEAST, AT_ONCE):
        for organisation_id, account_id, month in found:
            await _sum(store, organisation_id, account_id, month)


async def _sum(store: Store, organisation_id: int, account_id: int, month: date) -> None:
    made = await store.read(rollups.summed, organisation_id, account_id, month)
    for part in rollups.parts(made):
        await store.write(rollups.put, organisation_id, made, part)
    await store.write(rollups.whole, organisation_id, made)
    log.info(
        "calls summed", extra={"organisation": organisation_id, "account": account_id, "calls": made.calls}
    )

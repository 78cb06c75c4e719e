"""Retention: a look every hour for calls that are older than their organisation keeps them, and for erasures."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.jobs.rounds import Rounds
from store import audit, erasure, retention
from store.audit import Entry
from store.database import Store
from store.instants import Clock
from store.retention import Rule

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Apply every organisation's rule, and go on with every erasure; runs until cancelled."""
    await rounds.repeat("retention", lambda: _round(store, clock), EVERY_SECONDS)


async def _round(store: Store, clock: Clock) -> None:
    for rule in await store.read(retention.rules):
        await apply(store, rule, clock())
    await erase(store, clock)


async def apply(store: Store, rule: Rule, now: datetime) -> int:
    """Remove an organisation's calls that are past their time, in short writes; how many went."""
    cutoff, zone, removed, after = rule.cutoff(now), ZoneInfo(rule.time_zone), 0, 0
    while accounts := await store.read(retention.accounts_due, rule.organisation_id, cutoff, after):
        for account_id in accounts:
            removed += await _apply_to(store, rule.organisation_id, account_id, cutoff, zone)
        after = accounts[-1]
    if removed:
        log.info("calls past their retention are gone", extra=_of(rule) | {"calls": removed})
        await store.write(audit.record, _entry(rule, cutoff, removed, now))
    return removed


async def erase(store: Store, clock: Clock) -> None:
    """Go on with every erasure: what was begun, what an import brought back, what its six years are over for."""
    for asked in await store.read(erasure.all_asked):
        while await store.write(erasure.go_on, asked.organisation_id, asked.account_id, clock()):
            pass


async def _apply_to(
    store: Store, organisation_id: int, account_id: int, cutoff: datetime, zone: ZoneInfo
) -> int:
    removed, place = 0, None
    while True:
        done = await store.write(retention.fold, organisation_id, account_id, cutoff, zone, place)
        removed, place = removed + done.removed, done.then
        if place is None:
            return removed


def _entry(rule: Rule, cutoff: datetime, removed: int, now: datetime) -> Entry:
    return Entry(
        organisation_id=rule.organisation_id,
        actor="system",
        action="calls.retention_applied",
        object=f"calls before {cutoff.astimezone(ZoneInfo(rule.time_zone)):%Y-%m-%d}",
        detail={"calls": str(removed), "days": str(rule.days)},
        address="",
        at=now,
    )


def _of(rule: Rule) -> dict[str, int]:
    return {"organisation": rule.organisation_id, "days": rule.days}

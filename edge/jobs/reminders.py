"""Reminders: once a day, in the organisation's working hours, a mailing to those who have something left to pay."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.jobs.rounds import Rounds
from store import mailing_rounds, mailings
from store.database import Store
from store.instants import Clock
from store.mailing_rounds import Reminding
from store.mailings import Asked, Kind

log = logging.getLogger(__name__)

EVERY_SECONDS = 300.0
FIRST_HOUR, LAST_HOUR = 9, 17
"""Nobody is reminded of money at night."""


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Look every few minutes whose day it is; runs until cancelled."""
    await rounds.repeat("reminders", lambda: begin(store, clock()), EVERY_SECONDS)


async def begin(store: Store, now: datetime) -> None:
    """Begin today's mailings of reminders; a mailing that was begun today is not begun again."""
    for reminding in await store.read(mailing_rounds.reminding):
        for asked in due(reminding, now):
            made = await store.write(mailings.create, reminding.organisation_id, asked, now)
            if made:
                log.info("reminders", extra={"organisation": reminding.organisation_id, "mailing": made})


def due(reminding: Reminding, now: datetime) -> list[Asked]:
    """The mailings that an organisation's settings ask for at this moment."""
    local = now.astimezone(ZoneInfo(reminding.time_zone))
    if not FIRST_HOUR <= local.hour < LAST_HOUR:
        return []
    settings = reminding.kept.settings
    days = (
        (Kind.REMINDERS_BEFORE, settings.reminder_days_before),
        (Kind.REMINDERS_AFTER, settings.reminder_days_after),
    )
    return [
        Asked(kind=kind, made_by="system", starts_at=now, day=local.date(), by_itself=True)
        for kind, after in days
        if after
    ]

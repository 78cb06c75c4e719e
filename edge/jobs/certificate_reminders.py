"""Certificate reminders: admins are told in time that a certificate of their own ends."""

import logging
import sqlite3
from datetime import datetime, timedelta

from edge.jobs.rounds import Rounds
from portal import mail
from portal.mail import Provider
from store import certificate_reminders
from store.certificate_reminders import Ending
from store.database import Store
from store.instants import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
THRESHOLDS = (30, 14, 7, 3, 1)
"""Days that are left."""


async def run(store: Store, clock: Clock, provider: Provider, rounds: Rounds) -> None:
    """Look once an hour; runs until cancelled."""
    await rounds.repeat("certificate reminders", lambda: remind(store, clock, provider), EVERY_SECONDS)


async def remind(store: Store, clock: Clock, provider: Provider) -> None:
    """Tell of each certificate once at each threshold, in the transaction that keeps that it was told."""
    now = clock()
    for end in await store.read(certificate_reminders.ending, now, now + timedelta(days=THRESHOLDS[0])):
        await store.write(_tell, end, provider, now)


def threshold(not_after: datetime, now: datetime) -> int:
    """The lowest threshold that what is left is under."""
    left = not_after - now
    return min((days for days in THRESHOLDS if left <= timedelta(days=days)), default=THRESHOLDS[0])


def _tell(db: sqlite3.Connection, end: Ending, provider: Provider, now: datetime) -> None:
    days, last = threshold(end.not_after, now), certificate_reminders.told(db, end)
    if last is not None and last <= days:
        return
    certificate_reminders.tell(db, end, days)
    mail.tell_admins(
        db,
        end.organisation_id,
        provider,
        lambda head, organisation: mail.duties.own_certificate_ends(
            head,
            organisation=organisation.name,
            hostname=end.hostname,
            days=-((now - end.not_after) // timedelta(days=1)),
            replaced=end.replaced,
            path=f"{mail.access_path(organisation)}/certificate",
        ),
        now,
    )
    log.info("admins reminded of their certificate", extra={"hostname": end.hostname, "days": days})

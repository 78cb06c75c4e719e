"""Freeing: names that were asked for and never led here are let go after a week, so that their owners can have them."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime

from edge.jobs.rounds import Rounds
from portal import mail
from portal.mail import Provider
from store import audit, claims, domains, ownership, titles
from store.audit import Entry
from store.database import Store
from store.diagnosis import Diagnosis
from store.hostname import Hostname
from store.instants import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
FREED = "domain.freed"

Check = Callable[[Hostname], Awaitable[Diagnosis]]
"""Looks at the DNS now and keeps what it says; `LookupError` where the name is gone."""


class Freeing:
    """Looks once more before a name is let go; who could not be asked changes nothing."""

    def __init__(self, store: Store, clock: Clock, provider: Provider, check: Check):
        self._store = store
        self._clock = clock
        self._provider = provider
        self._check = check

    async def run(self, rounds: Rounds) -> None:
        """Look once an hour; runs until cancelled."""
        await rounds.repeat("freeing names", self.look, EVERY_SECONDS)

    async def look(self) -> None:
        """Free what never led here, and forget claims and quarantines that are over."""
        now = self._clock()
        for hostname in await self._store.read(titles.unconfirmed, now):
            try:
                found = await self._check(hostname)
            except LookupError:
                continue
            if found.certain:
                await self._store.write(self._free, hostname, now)
        await self._store.write(claims.forget_old, now)
        await self._store.write(titles.forget_old, now)

    def _free(self, db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
        if hostname not in titles.unconfirmed(db, now):
            return
        domain = domains.by_hostname(db, hostname)
        assert domain and domain.destination.organisation_id is not None
        organisation_id = domain.destination.organisation_id
        domains.remove(db, hostname, now)
        audit.record(db, Entry(organisation_id, "system", FREED, hostname, {}, "", now))
        mail.tell_admins(
            db,
            organisation_id,
            self._provider,
            lambda head, organisation: mail.duties.name_freed(
                head,
                organisation=organisation.name,
                hostname=hostname,
                days=ownership.UNVERIFIED_KEPT.days,
                path=mail.access_path(organisation),
            ),
            now,
        )
        log.info("name freed", extra={"hostname": hostname})

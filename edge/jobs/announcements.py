"""Announcements: what admins are told of their portal's name: it is live, its record or certificate needs them.

Each is told once: a certificate once at each threshold, a record once until it is right again, and then that it is.
"""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from edge.jobs.rounds import Rounds
from portal import mail
from portal.mail import Letter, Letterhead, Provider
from store import domains, notices
from store.database import Store
from store.hostname import Hostname
from store.instants import Clock
from store.notices import Astray, Failing, Kind
from store.organisations import Organisation

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
THRESHOLDS = (14, 7, 3, 1)
"""Days that are left of a certificate that cannot be renewed."""


class Announcer:
    """Queues the mails; each in the transaction that keeps that it was told."""

    def __init__(self, store: Store, clock: Clock, provider: Provider):
        self._store = store
        self._clock = clock
        self._provider = provider

    async def run(self, rounds: Rounds) -> None:
        """Look once an hour; runs until cancelled."""
        await rounds.repeat("announcements", self.look, EVERY_SECONDS)

    async def look(self) -> None:
        """Tell what is new."""
        now = self._clock()
        for failing in await self._store.read(notices.failing):
            if (days := threshold(failing.not_after, now)) is not None:
                await self._store.write(self._certificate, failing, days, now)
        for hostname, organisation_id in await self._store.read(notices.mended):
            await self._store.write(self._mended, hostname, organisation_id, now)
        for astray in await self._store.read(notices.astray):
            await self._store.write(self._record_untold, astray, now)

    def changed(self, db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
        """Tell at once what the watch established of one name: that it left, or is well again."""
        for mended, organisation_id in notices.mended(db, hostname):
            self._mended(db, mended, organisation_id, now)
        for astray in notices.astray(db, hostname):
            if notices.told(db, hostname, Kind.RECORD) != astray.found.code:
                self._record(db, astray, now)

    def set_live(self, db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
        """Keep that a name was proved to be live; the first time, its organisation's admins are told."""
        domain = domains.by_hostname(db, hostname)
        domains.set_live(db, hostname, now)
        if domain and domain.live_at is None and domain.destination.organisation_id is not None:
            self._tell(
                db,
                domain.destination.organisation_id,
                lambda head, organisation: mail.duties.domain_live(
                    head, organisation=organisation.name, hostname=hostname, path=_access(organisation)
                ),
                now,
            )

    def _certificate(self, db: sqlite3.Connection, failing: Failing, days: int, now: datetime) -> None:
        serial, _, lowest = notices.told(db, failing.hostname, Kind.CERTIFICATE).partition(":")
        if serial == failing.serial and int(lowest) <= days:
            return
        notices.tell(db, failing.hostname, Kind.CERTIFICATE, f"{failing.serial}:{days}", now)
        left = max(0, (failing.not_after - now) // timedelta(days=1))
        self._tell(
            db,
            failing.organisation_id,
            lambda head, organisation: _certificate_letter(head, organisation, failing, left),
            now,
        )
        log.warning("admins told of a certificate", extra={"hostname": failing.hostname, "days": left})

    def _record_untold(self, db: sqlite3.Connection, astray: Astray, now: datetime) -> None:
        """What nobody was told of at once, such as while the organisation was suspended; not each change after."""
        if not notices.told(db, astray.hostname, Kind.RECORD):
            self._record(db, astray, now)

    def _record(self, db: sqlite3.Connection, astray: Astray, now: datetime) -> None:
        notices.tell(db, astray.hostname, Kind.RECORD, astray.found.code, now)
        self._counts_as_told(db, astray.hostname, now)
        self._tell(
            db,
            astray.organisation_id,
            lambda head, organisation: mail.duties.domain_trouble(
                head,
                organisation=organisation.name,
                hostname=astray.hostname,
                found=astray.found,
                path=_access(organisation),
            ),
            now,
        )
        log.warning(
            "admins told of a record", extra={"hostname": astray.hostname, "found": astray.found.code}
        )

    def _mended(
        self, db: sqlite3.Connection, hostname: Hostname, organisation_id: int, now: datetime
    ) -> None:
        notices.forget(db, hostname, Kind.RECORD)
        self._tell(
            db,
            organisation_id,
            lambda head, organisation: mail.duties.domain_mended(
                head, organisation=organisation.name, hostname=hostname, path=_access(organisation)
            ),
            now,
        )
        log.info("admins told that a record is right again", extra={"hostname": hostname})

    def _counts_as_told(self, db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
        """A mail that a record needs them says it of the certificate too, until its next threshold."""
        end = notices.ending(db, hostname)
        if end and (days := threshold(end[1], now)) is not None:
            notices.tell(db, hostname, Kind.CERTIFICATE, f"{end[0]}:{days}", now)

    def _tell(
        self,
        db: sqlite3.Connection,
        organisation_id: int,
        write: Callable[[Letterhead, Organisation], Letter],
        now: datetime,
    ) -> None:
        mail.tell_admins(db, organisation_id, self._provider, write, now)


def threshold(not_after: datetime, now: datetime) -> int | None:
    """The lowest threshold that what is left of a certificate is under; None: above all, or it has ended."""
    left = not_after - now
    if left <= timedelta():
        return None
    return min((days for days in THRESHOLDS if left < timedelta(days=days)), default=None)


def _certificate_letter(head: Letterhead, organisation: Organisation, failing: Failing, days: int) -> Letter:
    if failing.moved:
        return mail.duties.certificate_lost(
            head,
            organisation=organisation.name,
            hostname=failing.hostname,
            days=days,
            found=failing.moved,
            path=_access(organisation),
        )
    return mail.duties.certificate_failing(
        head,
        organisation=organisation.name,
        hostname=failing.hostname,
        days=days,
        words=failing.words,
        path=_access(organisation),
    )


def _access(organisation: Organisation) -> str:
    """Where an admin sees to it, on the console."""
    return f"/organisations/{organisation.slug}/settings/customer-access"

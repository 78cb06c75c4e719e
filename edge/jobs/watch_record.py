"""Watch record: what one look at a name changes in the store, whoever looked: its watch, diagnosis, renewal, mails."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from edge.jobs import watch_steps
from store import domain_history, domains, issuance, watches
from store.diagnosis import Diagnosis, Evidence, History
from store.hostname import Hostname
from store.watches import Seen, Watch

log = logging.getLogger(__name__)

Tell = Callable[[sqlite3.Connection, Hostname, datetime], None]
"""Tells the organisation's admins what a look established, in the same transaction."""


class Examined(Protocol):
    """A thorough look; `edge.dns.examination.Examined` is the real one."""

    @property
    def evidence(self) -> Evidence: ...
    @property
    def seen(self) -> Seen: ...
    def diagnosis(self, history: History) -> Diagnosis: ...


class Recorder:
    """Writes down looks; `jitter` gives 0 to 1."""

    def __init__(self, tell: Tell, jitter: Callable[[], float]):
        self._tell = tell
        self._jitter = jitter

    def quiet(self, db: sqlite3.Connection, hostname: Hostname, fingerprint: str, now: datetime) -> None:
        """A light look found nothing new."""
        if watch := watches.of(db, hostname):
            watches.keep(db, watch_steps.quiet(watch, fingerprint, now, self._jitter()))

    def unheard(self, db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
        """A light look that nobody answered."""
        if watch := watches.of(db, hostname):
            watches.keep(db, watch_steps.after(watch, Seen.UNHEARD, "", now, self._jitter()))

    def thorough(
        self, db: sqlite3.Connection, hostname: Hostname, found: Examined, fingerprint: str, now: datetime
    ) -> Diagnosis:
        """A look from all sides, of a name under watch or not; `fingerprint` is the light look's, if one was before."""
        before = watches.of(db, hostname)
        if before:
            after = watch_steps.after(before, found.seen, fingerprint, now, self._jitter())
            watches.keep(db, after)
            _resume(db, before, after, now)
        diagnosis = found.diagnosis(domain_history.of(db, hostname, now))
        domains.set_diagnosis(db, hostname, diagnosis, now, found.evidence.survey)
        if before and before.place is not after.place:
            log.warning(
                "the watch found a name elsewhere" if after.placed_at else "the watch found a name back",
                extra={"hostname": hostname, "place": after.place.value, "found": diagnosis.code},
            )
            self._tell(db, hostname, now)
        return diagnosis


def _resume(db: sqlite3.Connection, before: Watch, after: Watch, now: datetime) -> None:
    """A renewal that waited for the name goes on at once."""
    if before.renewal_held and after.is_well:
        watches.release_renewal(db, after.hostname)
        issuance.postpone(db, after.hostname, max(now, after.steady_from or now))

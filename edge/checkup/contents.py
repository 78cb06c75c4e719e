"""Contents: what the store says of itself: held, certificates at risk, backups, the key's second copy."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from edge.checkup.finding import Finding, error, warning
from store import fleet, held, safekeeping, wal

BACKUP_EACH = timedelta(days=2)
"""With room for one that a nightly job missed."""


def of(db: sqlite3.Connection, store: Path, key: Path, now: datetime) -> Iterator[Finding]:
    """`db` reads the store."""
    if since := held.since(db):
        yield warning(
            "held",
            store,
            f"it was restored {since:%d %B %Y %H:%M} UTC: no mail, no order, no job goes out",
            "look at it, then: brassplate resume",
        )
    yield from _certificates(db, now)
    yield from _backups(db, store, now)
    yield from _copies(db, key)


def _certificates(db: sqlite3.Connection, now: datetime) -> Iterator[Finding]:
    for risk in fleet.at_risk(db, now):
        ended = risk.ends_at <= now
        words = (
            f"{'ended' if ended else 'ends'} {risk.ends_at:%d %B %Y %H:%M} UTC and is not renewed: {risk.why}"
        )
        action = f"brassplate domain check {risk.hostname}"
        make = error if ended else warning
        yield make("certificate-ended" if ended else "certificate-at-risk", risk.hostname, words, action)


def _backups(db: sqlite3.Connection, store: Path, now: datetime) -> Iterator[Finding]:
    if wal.is_replicated(store):
        return
    last = safekeeping.last_backup(db)
    if last is None or now - last > BACKUP_EACH:
        words = f"the last backup is of {last:%d %B %Y}" if last else "there is no backup yet"
        yield warning("no-backup", store, words, "brassplate backup FOLDER, each night")


def _copies(db: sqlite3.Connection, key: Path) -> Iterator[Finding]:
    try:
        mark = safekeeping.fingerprint(key)
    except OSError:  # which is a finding of its own
        return
    copy = safekeeping.key_copy(db)
    if copy is None or copy.fingerprint != mark:
        words = f"{copy.place} is a copy of the key before it" if copy else "no second copy is known"
        action = "copy it to another place, then: brassplate key copied THAT-FILE"
        yield warning("key-without-copy", key, words, action)

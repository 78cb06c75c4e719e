"""Safekeeping: when the store was backed up last, and where the master key has a second copy."""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store import installation
from store.instants import from_ms, to_ms

_BACKUP, _KEY_COPY = "last_backup", "master_key_copy"


@dataclass(frozen=True, slots=True)
class KeyCopy:
    """A second copy of a master key that was compared with the first."""

    fingerprint: str
    place: str
    at: datetime


def fingerprint(key: Path) -> str:
    """What tells one master key file from another, and gives nothing of it away."""
    return hashlib.sha256(b"brassplate master key " + key.read_bytes().strip()).hexdigest()[:16]


def note_backup(db: sqlite3.Connection, now: datetime) -> None:
    """A backup was made."""
    installation.put(db, {_BACKUP: str(to_ms(now)).encode()})


def last_backup(db: sqlite3.Connection) -> datetime | None:
    """When the last backup by `brassplate backup` was made."""
    kept = installation.value(db, _BACKUP)
    return from_ms(int(kept)) if kept else None


def note_key_copy(db: sqlite3.Connection, copy: KeyCopy) -> None:
    """There is a second copy."""
    text = f"{copy.fingerprint}\n{to_ms(copy.at)}\n{copy.place}"
    installation.put(db, {_KEY_COPY: text.encode()})


def key_copy(db: sqlite3.Connection) -> KeyCopy | None:
    """The second copy that was noted last, of whatever key."""
    kept = installation.value(db, _KEY_COPY)
    if kept is None:
        return None
    mark, at, place = kept.decode().split("\n", 2)
    return KeyCopy(mark, place, from_ms(int(at)))

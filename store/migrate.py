"""Schema: numbered, forward-only SQL files; `PRAGMA user_version` says how far a store has come."""

import logging
import sqlite3
from importlib.resources import files

log = logging.getLogger(__name__)


class NewerStore(Exception):
    """The store was written by a newer version than this one; it is left untouched."""

    def __init__(self, found: int, known: int):
        super().__init__(
            f"the store has schema {found}, this version knows {known}: start the newer version, "
            "or restore a backup made before the upgrade"
        )


def migrations() -> dict[int, str]:
    """Number -> SQL text of every migration that this version carries, in order."""
    folder = files("store") / "migrations"
    found = {
        int(f.name.split("_")[0]): f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".sql")
    }
    return dict(sorted(found.items()))


def version(db: sqlite3.Connection) -> int:
    """How far the store has come, 0 for a new one; `NewerStore` if it is ahead of us. Changes nothing."""
    found, known = int(db.execute("PRAGMA user_version").fetchone()[0]), max(migrations())
    if found > known:
        raise NewerStore(found, known)
    return found


def to_newest(db: sqlite3.Connection) -> None:
    """Run what is missing, each migration in one transaction; the caller holds the turnstile."""
    known, found = migrations(), version(db)
    for number in (n for n in known if n > found):
        db.executescript(f"BEGIN IMMEDIATE;\n{known[number]}\nPRAGMA user_version = {number};\nCOMMIT;")
        log.info("store migrated", extra={"schema": number})

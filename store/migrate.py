"""Schema: numbered, forward-only SQL files; `PRAGMA user_version` says how far a store has come.

The first line of each file says what it means for a process of the version before that goes on serving meanwhile:
`-- expand` (it runs on), or `-- break: why` (it does not).
"""

import logging
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

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


def breaks(path: Path) -> dict[int, str]:
    """The migrations that this store lacks and that a process of its version would not survive, with the reason."""
    if not path.exists():
        return {}
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        found = version(db)
    return {number: why for number, text in migrations().items() if number > found and (why := _breaks(text))}


def _breaks(text: str) -> str:
    """Why a migration breaks the version before; empty: it expands the schema."""
    mark, _, why = text.partition("\n")[0].removeprefix("-- ").partition(": ")
    return "" if mark == "expand" else why or "it does not say that it only expands the schema"


def to_newest(db: sqlite3.Connection) -> None:
    """Run what is missing, each migration in one transaction; the caller holds the turnstile."""
    known, found = migrations(), version(db)
    for number in (n for n in known if n > found):
        db.executescript(f"BEGIN IMMEDIATE;\n{known[number]}\nPRAGMA user_version = {number};\nCOMMIT;")
        log.info("store migrated", extra={"schema": number})

"""Seen: the settings as a page shows them, with the change up to which they are, in one look."""

import sqlite3
from dataclasses import dataclass

from store import setting_changes, setting_values
from store.setting_values import Value


@dataclass(frozen=True, slots=True)
class Look:
    """Every setting, and the newest change."""

    values: dict[str, Value]
    last: int


def look(db: sqlite3.Connection, organisation_id: int) -> Look:
    """The settings now."""
    return Look(setting_values.values(db, organisation_id), setting_changes.last_id(db, organisation_id))

"""Unwritable: the disk takes nothing more, or fails; what was to be kept is not, and everything else goes on."""

import sqlite3

_CODES = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)


class Unwritable(sqlite3.OperationalError):
    """A change was not kept for want of a disk; the store itself has logged it, once until it works again."""


def is_the_disk(error: sqlite3.Error) -> bool:
    """Whether a failure is the disk's and not the statement's (SQLite's primary result code)."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _CODES

"""A connection to an empty store in memory, for functions that are one transaction."""

import sqlite3
from collections.abc import Iterator

import pytest

from store import migrate


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    migrate.to_newest(connection)
    yield connection
    connection.close()

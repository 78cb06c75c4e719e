"""An import's writer, beside those who back up, restore and upgrade."""

import sqlite3
from contextlib import closing, suppress

import pytest

from store.importing.writer import opened
from store.presence import InUse, nobody
from tests.store.importing.books import Books


def test_no_backup_takes_the_place_of_a_store_that_is_imported_into(books: Books) -> None:
    with opened(books.store), pytest.raises(InUse), nobody(books.store):
        pass
    with nobody(books.store):
        pass


def test_an_import_that_upgrades_the_store_copies_it_first(books: Books) -> None:
    with closing(sqlite3.connect(books.store)) as db:
        (newest,) = db.execute("PRAGMA user_version").fetchone()
        db.execute(f"PRAGMA user_version = {newest - 1}")
    with suppress(sqlite3.OperationalError), opened(books.store):  # the newest one was there already
        pass
    assert books.store.with_name(f"{books.store.name}.schema{newest - 1}").exists()

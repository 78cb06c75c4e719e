"""Exporter: an archive that was asked for is there within seconds, by a process of its own."""

import asyncio
import os
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.jobs import exporter
from edge.jobs.rounds import Rounds
from store import exports, leases
from store.database import Store
from store.exports import Export
from store.tasks import OwnedTasks
from tests import factories


def now() -> datetime:
    return factories.NOW


def next_week() -> datetime:
    return factories.NOW + timedelta(days=7)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.db")
    await opened.write(lambda db: factories.account(db, factories.organisation(db).id))
    yield opened
    await opened.close()


def ask(db: sqlite3.Connection) -> int:
    asked = exports.ask(db, 1, "staff:1", factories.NOW)
    assert isinstance(asked, int)
    return asked


async def ended(store: Store, export_id: int) -> Export:
    """The export once a running job has dealt with it."""
    tasks = OwnedTasks()
    tasks.start(exporter.run(store, now, Rounds(now)), "exports")
    try:
        async with asyncio.timeout(30):
            while True:
                found = await store.read(exports.find, 1, export_id)
                assert found
                if found.state in ("done", "failed", "removed"):
                    return found
                await asyncio.sleep(0.02)
    finally:
        await tasks.close()


async def test_archive_is_made(store: Store) -> None:
    made = await ended(store, await store.write(ask))
    path = exports.folder(store.path) / made.file_name
    assert (made.state, made.size) == ("done", path.stat().st_size)
    with zipfile.ZipFile(path) as file:
        assert b"Harbour Coffee Ltd" in file.read("customers.csv")


async def test_archive_that_another_process_died_over_is_made_anew(store: Store) -> None:
    export_id = await store.write(ask)
    begun = await store.write(exports.begin_next, "gone")
    assert begun
    exports.folder(store.path).mkdir()
    (exports.folder(store.path) / begun.file_name).write_bytes(b"half")
    made = await ended(store, export_id)
    with zipfile.ZipFile(exports.folder(store.path) / made.file_name) as file:
        assert file.testzip() is None


async def test_failure_is_kept_in_words(store: Store) -> None:
    exports.folder(store.path).mkdir()
    export_id = await store.write(ask)
    waiting = await store.read(exports.find, 1, export_id)
    assert waiting
    (exports.folder(store.path) / f"{waiting.file_name}.part").mkdir()
    failed = await ended(store, export_id)
    assert (failed.state, failed.error) == ("failed", "Is a directory")


async def test_folder_that_cannot_be_made_fails_the_export_and_the_next_one_is_taken(store: Store) -> None:
    export_id = await store.write(ask)
    exports.folder(store.path).write_bytes(b"a file in its place")
    failed = await ended(store, export_id)
    assert (failed.state, failed.error) == ("failed", "File exists")
    exports.folder(store.path).unlink()
    assert (await ended(store, await store.write(ask))).state == "done"


async def test_archive_whose_end_could_not_be_kept_is_made_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, failures = exports.finish, [sqlite3.OperationalError("database or disk is full")]

    def finish(*args: Any) -> None:
        if failures:
            raise failures.pop()
        kept(*args)

    monkeypatch.setattr(exports, "finish", finish)
    monkeypatch.setattr(exporter, "EVERY_SECONDS", 0.1)
    made = await ended(store, await store.write(ask))
    assert (made.state, failures) == ("done", [])


async def test_half_of_an_archive_whose_process_was_killed_goes(store: Store) -> None:
    export_id = await store.write(ask)
    exports.folder(store.path).mkdir()
    half = exports.folder(store.path) / "killed.zip.part"
    half.write_bytes(b"customers")
    made = await ended(store, export_id)
    await ended_removed(store, export_id)
    assert made.state == "done" and not half.exists()


async def test_archive_and_strays_go_after_a_week(store: Store) -> None:
    export_id = await store.write(ask)
    made = await ended(store, export_id)
    (exports.folder(store.path) / "stray.zip").write_bytes(b"of an organisation that is gone")
    removed = await ended_removed(store, export_id)
    assert removed.state == "removed"
    assert made.file_name and not list(exports.folder(store.path).iterdir())


async def ended_removed(store: Store, export_id: int) -> Export:
    tasks = OwnedTasks()
    tasks.start(exporter.run(store, next_week, Rounds(next_week)), "exports")
    try:
        async with asyncio.timeout(30):
            while list(exports.folder(store.path).iterdir()):
                await asyncio.sleep(0.02)
    finally:
        await tasks.close()
    found = await store.read(exports.find, 1, export_id)
    assert found
    return found


async def test_archive_that_another_living_process_makes_is_left_to_it(store: Store) -> None:
    await store.write(ask)
    theirs = await store.write(exports.begin_next, leases.process(os.getppid()))
    assert theirs
    await store.write(exports.begin_anew, leases.this_process())
    found = await store.read(exports.find, 1, theirs.id)
    assert found and found.state == "running"

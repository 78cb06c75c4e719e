import asyncio
import multiprocessing
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from store import database
from store.database import Store, StoreClosed
from store.turnstile import Turnstile
from store.wal import CHECKPOINT_BYTES, wal_bytes

SPAWN = multiprocessing.get_context("spawn")
QUARTER_MEGABYTE = 2**18


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.db")
    yield opened
    await opened.close()


def put(db: sqlite3.Connection, *names: str, size: int = 1) -> int:
    values = [{"name": name, "value": b"x" * size} for name in names]
    return db.executemany("INSERT INTO installation (name, value) VALUES (:name, :value)", values).rowcount


def count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM installation").fetchone()[0])


def pragma(name: str) -> Callable[[sqlite3.Connection], object]:
    return lambda db: db.execute(f"PRAGMA {name}").fetchone()[0]


def put_elsewhere(path: Path, name: str) -> None:
    """Commit from a connection that is none of the store's."""
    with closing(Turnstile(path)) as turnstile, turnstile.held():
        with closing(database.connect_writer(path)) as db:
            put(db, name)


async def test_write_returns_what_its_function_returns(store: Store) -> None:
    await store.write(put, "a", size=3)
    assert await store.write(count) == await store.read(count) == 1


async def test_nothing_is_kept_when_a_change_fails_halfway(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await store.write(put, "a", "b", "a")
    assert await store.read(count) == 0


async def test_writes_go_on_after_one_failed(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await store.write(lambda db: put(db, "a") / 0)
    await store.write(put, "a")
    assert await store.read(count) == 1


async def test_read_refuses_to_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await store.read(put, "a")
    assert await store.read(count) == 0


async def test_read_sees_one_moment_while_others_commit(store: Store) -> None:
    def twice(db: sqlite3.Connection) -> tuple[int, int]:
        before = count(db)
        put_elsewhere(store.path, "a")
        return before, count(db)

    assert await store.read(twice) == (0, 0)
    assert await store.read(count) == 1


async def test_reads_run_while_a_write_is_under_way(store: Store) -> None:
    go_on = threading.Event()
    write = asyncio.create_task(store.write(lambda db: (put(db, "a"), go_on.wait(30))))
    assert await store.read(count) == 0
    go_on.set()
    await write
    assert await store.read(count) == 1


async def test_two_stores_on_one_file_see_each_others_commits(store: Store) -> None:
    other = await Store.open(store.path)
    await store.write(put, "a")
    await other.write(put, "b")
    assert await store.read(count) == await other.read(count) == 2
    await other.close()


async def test_data_version_changes_when_another_connection_commits(store: Store) -> None:
    first = await store.data_version()
    assert await store.data_version() == first
    await store.write(put, "a")
    second = await store.data_version()
    put_elsewhere(store.path, "b")
    assert len({first, second, await store.data_version()}) == 3


async def test_closed_store_refuses_everything(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    await store.close()
    await store.close()
    for ask in (store.read(count), store.write(count), store.data_version()):
        with pytest.raises(StoreClosed, match=r"store\.db"):
            await ask


async def test_what_was_begun_ends_and_what_waits_is_refused_when_closed(tmp_path: Path) -> None:
    store, go_on = await Store.open(tmp_path / "store.db", readers=1), threading.Event()
    async with asyncio.TaskGroup() as tasks:
        begun = tasks.create_task(store.read(lambda db: (go_on.wait(30), count(db))))
        waiting = tasks.create_task(outcome(store))
        await asyncio.sleep(0)
        tasks.create_task(store.close())
        await asyncio.sleep(0)
        go_on.set()
    assert begun.result() == (True, 0)
    assert waiting.result() == "closed"


async def outcome(store: Store) -> str:
    try:
        return str(await store.read(count))
    except StoreClosed:
        return "closed"


async def test_cancelled_write_is_kept_whole_or_not_at_all(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(db: sqlite3.Connection) -> None:
        put(db, "a")
        begun.set()
        go_on.wait(30)
        put(db, "b")

    write = asyncio.create_task(store.write(slowly))
    assert await asyncio.to_thread(begun.wait, 30)
    write.cancel()
    go_on.set()
    assert await store.write(count) in (0, 2)
    assert write.cancelled()


async def test_close_waits_for_a_cancelled_write(tmp_path: Path) -> None:
    store, begun, go_on = await Store.open(tmp_path / "store.db"), threading.Event(), threading.Event()

    def slowly(db: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(30)
        put(db, "a")

    write = asyncio.create_task(store.write(slowly))
    assert await asyncio.to_thread(begun.wait, 30)
    write.cancel()
    closed = asyncio.create_task(store.close())
    await asyncio.sleep(0.05)
    assert not closed.done()
    go_on.set()
    await closed
    with closing(database.connect_reader(tmp_path / "store.db")) as db:
        assert count(db) in (0, 1)


async def test_log_is_copied_back_past_its_limit(store: Store) -> None:
    before = store.path.stat().st_size
    await store.write(put, "small")
    assert store.path.stat().st_size == before
    await store.write(put, "large", size=CHECKPOINT_BYTES + 1)
    assert store.path.stat().st_size > before + CHECKPOINT_BYTES


async def test_log_starts_anew_after_it_was_copied_back(store: Store) -> None:
    await store.write(put, "large", size=CHECKPOINT_BYTES + 1)
    await store.write(put, "small")
    copied = store.path.read_bytes()
    await store.write(put, "next")
    assert wal_bytes(store.path) <= CHECKPOINT_BYTES
    assert store.path.read_bytes() == copied, "a small commit copied the log back"


async def test_log_is_copied_back_once_no_reader_needs_it(store: Store) -> None:
    def write_meanwhile(db: sqlite3.Connection) -> int:
        before = count(db)
        for name in ("a", "b"):
            future = asyncio.run_coroutine_threadsafe(store.write(put, name, size=CHECKPOINT_BYTES), loop)
            future.result(30)
        return before + count(db)

    loop = asyncio.get_running_loop()
    assert await store.read(write_meanwhile) == 0
    await store.write(put, "c")
    await store.write(put, "d")
    assert wal_bytes(store.path) <= CHECKPOINT_BYTES
    assert await store.read(count) == 4


async def test_commit_stands_when_copying_the_log_back_fails(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def and_forbid_checkpoints(db: sqlite3.Connection) -> None:
        put(db, "large", size=CHECKPOINT_BYTES + 1)
        db.set_authorizer(
            lambda _, name, *__: sqlite3.SQLITE_DENY if name == "wal_checkpoint" else sqlite3.SQLITE_OK
        )

    await store.write(and_forbid_checkpoints)
    assert await store.read(count) == 1
    assert "checkpoint failed" in caplog.text


async def test_no_log_is_left_when_the_last_one_closes(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    await store.write(put, "a")
    assert wal_bytes(store.path) > 0
    await store.close()
    assert wal_bytes(store.path) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auto_vacuum", 2),  # INCREMENTAL
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("foreign_keys", 1),
        ("wal_autocheckpoint", 0),
        ("trusted_schema", 0),
        ("integrity_check", "ok"),
    ],
)
async def test_writer_runs_with(store: Store, name: str, value: object) -> None:
    assert await store.write(pragma(name)) == value


@pytest.mark.parametrize(
    ("name", "value"), [("query_only", 1), ("wal_autocheckpoint", 0), ("foreign_keys", 1)]
)
async def test_readers_run_with(store: Store, name: str, value: object) -> None:
    assert await store.read(pragma(name)) == value


async def test_row_without_its_organisation_is_refused(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await store.write(
            lambda db: db.execute("INSERT INTO accounts (organisation_id, reference) VALUES (7, 'A')")
        )


async def test_new_store_is_closed_to_others(store: Store) -> None:
    await store.write(put, "a")
    modes = {file.name: file.stat().st_mode & 0o777 for file in store.path.parent.iterdir()}
    assert modes.keys() >= {"store.db", "store.db-wal", "store.db-shm"}
    assert set(modes.values()) == {0o600}


async def test_file_that_is_no_store_is_refused_and_given_back(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        await Store.open(path)
    with closing(Turnstile(path)) as turnstile, turnstile.held():
        assert path.read_bytes() == b"not a database" * 1000


# Several processes --------------------------------------------------------------------------------------


def write_many(path: Path, process: int, writes: int) -> None:
    async def main() -> None:
        store = await Store.open(path, readers=1)
        for number in range(writes):
            await store.write(put, f"{process}-{number}", size=QUARTER_MEGABYTE)
        await store.close()

    asyncio.run(main())


def write_and_hang(path: Path, begun: Event) -> None:
    def hang() -> None:
        put(db, "half")
        begun.set()
        threading.Event().wait(60)

    with Turnstile(path).held(), closing(database.connect_writer(path)) as db:
        database.transact(db, hang)


def checkpoint(path: Path) -> None:
    with closing(Turnstile(path)) as turnstile, turnstile.held():
        with closing(database.connect_writer(path)) as db:
            db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


async def test_store_stays_whole_while_processes_write_and_checkpoint(store: Store) -> None:
    processes = [SPAWN.Process(target=write_many, args=(store.path, number, 40)) for number in range(3)]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        await asyncio.to_thread(checkpoint, store.path)
        assert await store.read(count) <= 120
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert await store.read(count) == 120
    assert await store.read(pragma("integrity_check")) == "ok"


async def test_killed_writer_leaves_nothing_half_written_and_no_lock(store: Store) -> None:
    begun = SPAWN.Event()
    process = SPAWN.Process(target=write_and_hang, args=(store.path, begun))
    process.start()
    assert await asyncio.to_thread(begun.wait, 30)
    process.kill()
    await asyncio.to_thread(process.join, 30)
    await store.write(put, "whole")
    assert await store.read(count) == 1
    assert await store.read(pragma("integrity_check")) == "ok"

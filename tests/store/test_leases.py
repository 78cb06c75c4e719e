import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from store import leases
from store.database import Store, connect_writer
from store.leases import HeldBy, Lease
from store.turnstile import Turnstile

SPAWN = multiprocessing.get_context("spawn")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
OURSELVES = leases.this_process()
GONE = "boot 1 2"
NAME = "issue billing.acme.example"


def taken(db: sqlite3.Connection, owner: str = OURSELVES, now: datetime = NOW) -> Lease:
    lease = leases.take(db, NAME, owner, now, now + timedelta(minutes=5))
    assert isinstance(lease, Lease)
    return lease


def test_free_lease_is_taken_until_its_expiry(db: sqlite3.Connection) -> None:
    assert taken(db) == Lease(NAME, OURSELVES, 1, LATER)


def test_held_lease_is_refused_also_to_its_owner(db: sqlite3.Connection) -> None:
    taken(db)
    assert leases.take(db, NAME, "other", NOW, LATER) == HeldBy(OURSELVES, LATER)
    assert leases.take(db, NAME, OURSELVES, NOW, LATER) == HeldBy(OURSELVES, LATER)


def test_leases_of_two_names_do_not_meet(db: sqlite3.Connection) -> None:
    taken(db)
    assert isinstance(leases.take(db, "another", OURSELVES, NOW, LATER), Lease)


@pytest.mark.parametrize(("seconds", "free"), [(299, False), (300, True)])
def test_lease_is_void_at_its_expiry(db: sqlite3.Connection, seconds: int, free: bool) -> None:
    taken(db)
    again = leases.take(db, NAME, OURSELVES, NOW + timedelta(seconds=seconds), NOW + timedelta(hours=1))
    assert isinstance(again, Lease) == free


def test_lease_is_void_when_its_owner_is_gone(db: sqlite3.Connection) -> None:
    taken(db, GONE)
    assert taken(db).generation == 2


def test_lease_stands_until_another_takes_it(db: sqlite3.Connection) -> None:
    first = taken(db, GONE)
    assert leases.stands(db, first)
    second = taken(db)
    assert not leases.stands(db, first)
    assert leases.stands(db, second)


def test_lease_that_was_given_back_is_free_with_a_higher_generation(db: sqlite3.Connection) -> None:
    first = taken(db)
    leases.release(db, first)
    assert not leases.stands(db, first)
    assert taken(db).generation == first.generation + 1


def test_late_release_leaves_the_next_holder_alone(db: sqlite3.Connection) -> None:
    first = taken(db, GONE)
    second = taken(db)
    leases.release(db, first)
    assert leases.stands(db, second)


def test_voided_lease_stands_no_more(db: sqlite3.Connection) -> None:
    lease = taken(db)
    leases.void(db, NAME)
    assert not leases.stands(db, lease)
    assert taken(db).generation == 2


def test_this_process_lives() -> None:
    assert leases.lives(OURSELVES)


def test_process_lives_no_more_when_its_id_start_or_boot_is_another() -> None:
    boot_id, pid, started = OURSELVES.split()
    assert not leases.lives(f"{boot_id} 999999999 {started}")
    assert not leases.lives(f"{boot_id} {pid} {int(started) - 1}")
    assert not leases.lives(f"00000000-{boot_id[9:]} {pid} {started}")


@pytest.mark.parametrize("owner", ["", "nobody", "a b c", "a b c d"])
def test_text_that_names_no_process_does_not_live(owner: str) -> None:
    assert not leases.lives(owner)


def take_and_hang(path: Path, has_it: Event, stop: Event) -> None:
    with Turnstile(path).held(), closing(connect_writer(path)) as db:
        leases.take(db, NAME, leases.this_process(), NOW, LATER)
    has_it.set()
    stop.wait(60)


@contextmanager
def holder_of(path: Path) -> Iterator[BaseProcess]:
    """Another process that has the lease."""
    has_it, stop = SPAWN.Event(), SPAWN.Event()
    process = SPAWN.Process(target=take_and_hang, args=(path, has_it, stop))
    process.start()
    try:
        assert has_it.wait(30)
        yield process
    finally:
        process.kill()
        process.join(30)


async def test_lease_is_held_while_its_process_lives_and_free_once_it_is_killed(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    with holder_of(store.path) as process:
        assert isinstance(await store.write(leases.take, NAME, OURSELVES, NOW, LATER), HeldBy)
        process.kill()
        assert process.pid
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and a zombie until it is waited for
        assert (await store.write(taken)).generation == 2
    await store.close()

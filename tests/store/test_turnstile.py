import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from store.turnstile import Turnstile

SPAWN = multiprocessing.get_context("spawn")
HOLD_SECONDS = 0.01


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def turnstile(store: Path) -> Iterator[Turnstile]:
    with closing(Turnstile(store)) as made:
        yield made


def count_up(store: Path, turns: int) -> None:
    """Add to a number in a file, slowly: turns are lost unless one process at a time does it."""
    counter = store.with_name("counter")
    with closing(Turnstile(store)) as turnstile:
        for _ in range(turns):
            with turnstile.held():
                number = int(counter.read_text())
                time.sleep(0.001)
                counter.write_text(str(number + 1))


def lock_again_and_again(store: Path, holding: Event, stop: Event) -> None:
    with closing(Turnstile(store)) as turnstile:
        while not stop.is_set():
            with turnstile.held():
                holding.set()
                time.sleep(HOLD_SECONDS)


def started(target: Callable[..., None], *args: object) -> BaseProcess:
    process = SPAWN.Process(target=target, args=args)
    process.start()
    return process


def test_processes_exclude_each_other(store: Path) -> None:
    store.with_name("counter").write_text("0")
    processes = [started(count_up, store, 40) for _ in range(3)]
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert store.with_name("counter").read_text() == "120"


def test_another_process_gets_its_turn_while_one_locks_again_and_again(
    store: Path, turnstile: Turnstile
) -> None:
    holding, stop = SPAWN.Event(), SPAWN.Event()
    greedy = started(lock_again_and_again, store, holding, stop)
    try:
        assert holding.wait(30)
        began = time.monotonic()
        with turnstile.held():
            assert time.monotonic() - began < 2
    finally:
        stop.set()
        greedy.join(30)


def test_lock_is_free_when_its_holder_is_killed(store: Path, turnstile: Turnstile) -> None:
    holding, stop = SPAWN.Event(), SPAWN.Event()
    greedy = started(lock_again_and_again, store, holding, stop)
    assert holding.wait(30)
    greedy.kill()
    greedy.join(30)
    assert greedy.exitcode == -signal.SIGKILL
    with turnstile.held():
        pass


def test_threads_that_share_a_turnstile_exclude_each_other(turnstile: Turnstile) -> None:
    entered = threading.Event()

    def enter() -> None:
        with turnstile.held():
            entered.set()

    thread = threading.Thread(target=enter)
    with turnstile.held():
        thread.start()
        assert not entered.wait(0.1)
    thread.join(10)
    assert entered.is_set()


def test_two_turnstiles_of_one_process_exclude_each_other(store: Path, turnstile: Turnstile) -> None:
    entered = threading.Event()

    def enter() -> None:
        with closing(Turnstile(store)) as other, other.held():
            entered.set()

    thread = threading.Thread(target=enter)
    with turnstile.held():
        thread.start()
        assert not entered.wait(0.1)
    thread.join(10)
    assert entered.is_set()


def test_lock_is_free_after_a_failure_inside(turnstile: Turnstile) -> None:
    with pytest.raises(RuntimeError), turnstile.held():
        raise RuntimeError
    with turnstile.held():
        pass


def test_lock_files_are_closed_to_others(store: Path, turnstile: Turnstile) -> None:
    files = [store.with_name(f"store.db.{name}") for name in ("queue", "write")]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]

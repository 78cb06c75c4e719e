"""Several processes on one store: nothing is lost, nothing is torn, whoever waits gets in."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.store.importing import house
from tests.store.importing.books import CUSTOMERS, Books

LIMIT = 60
KILLS = 50 if os.environ.get("BRASSPLATE_PROOF") == "full" else 5


@contextmanager
def running(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    process = house.start(*arguments)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def output(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err
    return out.splitlines()


def ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout and process.stdout.readline() == "ready\n"


def check_whole(books: Books) -> None:
    assert books.rows("PRAGMA integrity_check") == [("ok",)]
    assert books.rows("PRAGMA foreign_key_check") == []


def test_imports_and_a_writer_share_the_store(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    first = books.file(house.calls_text(20_000), "first.csv")
    second = books.file(house.calls_text(20_000, 20_000), "second.csv")
    with (
        running("writer", books.store) as writer,
        running("import", books.store, "calls", first) as one,
        running("import", books.store, "calls", second) as two,
    ):
        ready(writer)
        assert output(one)[-1] == output(two)[-1] == "added 20000 refused 0"
        _, wrote, median, _longest = output(writer)[-1].split()
    check_whole(books)
    assert books.rows("SELECT count(*) FROM audit") == [(int(wrote),)]
    assert books.rows("SELECT count(*) FROM visible_calls") == [(40_000,)]
    assert float(median) < 0.5


def test_of_two_imports_of_the_same_rows_no_row_is_seen_twice(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    file = books.file(house.calls_text(20_000), "same.csv")
    with (
        running("import", books.store, "calls", file) as one,
        running("import", books.store, "calls", file) as two,
    ):
        ends = {output(one)[-1], output(two)[-1]}
    assert "added 20000 refused 0" in ends
    check_whole(books)
    assert books.rows("SELECT count(*) FROM visible_calls") == [(20_000,)]


@pytest.mark.proof
def test_an_import_killed_at_any_moment_leaves_nothing_half_seen(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    books.put("calls", house.calls_text(10_000))
    chance, before = random.Random(7), books.visible()
    file = books.file(house.calls_text(30_000, 5_000, price="0.03"), "new.csv")
    hit: dict[str, int] = {}
    for _ in range(KILLS):
        phase = killed(books, file, chance)
        hit[phase] = hit.get(phase, 0) + 1
        check_whole(books)
        seen = books.visible()
        if seen != before:
            break  # it was published before it was killed
    done = books.put("calls", house.calls_text(30_000, 5_000, price="0.03"))
    assert done.refused == 0 and done.added in (0, 30_000)
    prices = books.rows("SELECT net_price, count(*) FROM visible_calls GROUP BY 1 ORDER BY 1")
    assert prices == [(10_000, 5_000), (30_000, 30_000)]
    assert books.rows("SELECT count(*) FROM batches WHERE state = 'staging'") == [(0,)]
    assert books.rows("SELECT count(*) FROM calls") == [(40_000,)]
    assert not list(books.folder.glob("store.db.import_*"))
    print("killed in", hit)


def killed(books: Books, file: object, chance: random.Random) -> str:
    """Start an import, kill it a random while after one of its phases began."""
    phases = ["read", "check", "merge"]
    wanted = chance.choice(phases)
    with running("import", books.store, "calls", file) as process:
        assert process.stdout
        for line in process.stdout:
            if line.strip() == wanted:
                break
        time.sleep(chance.uniform(0, 0.1 if wanted == "merge" else 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
    return wanted

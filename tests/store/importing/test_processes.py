"""Several processes on one store: nothing is lost, nothing is torn, whoever waits gets in."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.store.importing import house
from tests.store.importing.books import CUSTOMERS, Books

LIMIT = 60
KILLS = 60 if os.environ.get("BRASSPLATE_PROOF") == "full" else 6
PHASES = ("staging", "merging", "publishing")
CALLS = 10_000


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
    books.put("calls", house.calls_text(CALLS, price="1.00"))
    hit: Counter[str] = Counter()
    for number in range(KILLS):
        file = books.file(house.calls_text(CALLS, price=price(number)), f"{number}.csv")
        before = prices(books)
        wanted = PHASES[number % len(PHASES)]
        hit[killed(books, file, wanted, random.Random(number))] += 1
        check_whole(books)
        assert prices(books) in (before, [(10_000 * (number + 1), CALLS)])
    done = books.put("calls", house.calls_text(CALLS, price="9.00"))
    assert (done.added, done.refused) == (CALLS, 0)
    assert prices(books) == [(9_000_000, CALLS)]
    assert books.rows("SELECT count(*) FROM batches WHERE state = 'staging'") == [(0,)]
    assert not list(books.folder.glob("store.db.import_*"))
    assert min(hit[phase] for phase in PHASES) >= min(5, KILLS // len(PHASES)), hit


def price(number: int) -> str:
    """Another one for each file: 0.01, 0.02 ..."""
    return f"{(number + 1) / 100:.2f}"


def prices(books: Books) -> list[tuple[object, ...]]:
    """What customers see: the prices with the number of calls at each."""
    return books.rows("SELECT net_price, count(*) FROM visible_calls GROUP BY 1 ORDER BY 1")


def killed(books: Books, file: object, wanted: str, chance: random.Random) -> str:
    """Start an import and kill it at a moment of the wanted phase; gives the last phase that its log tells."""
    last = ""
    with running("import", books.store, "calls", file) as process:
        assert process.stdout
        for line in process.stdout:
            last = line.strip()
            if last == wanted:
                break
        if wanted != "publishing":  # that takes no longer than to hear of it
            time.sleep(chance.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
    return last

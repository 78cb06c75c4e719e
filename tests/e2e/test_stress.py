"""One store, several processes: visitors, an import and commands at the same time, and nobody waits for anybody."""

import asyncio
import csv
import json
import random
import sqlite3
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import domains
from store.hostname import Hostname
from tests.e2e.house import TARGET, House, furnished
from tests.e2e.serving import serving
from tests.e2e.size import FULL
from tests.peers.pebble import Pebble

CALLS, NEWCOMERS = (1_000_000, 1_000) if FULL else (20_000, 20)
ACCOUNTS = 200
COLUMNS = "external_id account_reference started duration_seconds net_price cli type number currency".split()
COMMON = "02079460123 voice 07700900123 GBP".split()
USUAL_SECONDS = 0.5
"""Five times the figure of the bench, for machines that do other things as well."""


@pytest.mark.proof
async def test_visits_import_and_commands_share_one_store(
    tmp_path: Path, pebble: Pebble, capsys: pytest.CaptureFixture[str]
) -> None:
    customers, calls = files(tmp_path)
    async with furnished(tmp_path, pebble) as running:
        strangers = [
            await running.register(f"first-{number}.harbour.test", awaited=False)
            for number in range(NEWCOMERS)
        ]
        with serving(running.config):
            assert (await imported(running, "customers", customers))["added"] == ACCOUNTS
            importing = asyncio.ensure_future(imported(running, "calls", calls))
            adding = asyncio.ensure_future(added_until(running, importing))
            seconds = await first_visits(running, strangers, importing)
            report = await importing
            added = await adding
            for name in (*strangers[: len(seconds)], *added):
                assert (await running.visit(name))[0] == 200
        assert report == {"read": CALLS, "added": CALLS, "unchanged": 0, "refused": 0} | report
        known = {domain.hostname for domain in await running.store.read(domains.every)}
        assert {*strangers, *added} <= known
        assert await running.store.read(integrity) == ["ok"]
    assert statistics.median(seconds) < USUAL_SECONDS
    with capsys.disabled():
        print(
            f"\n{CALLS} calls imported beside {len(added)} names added and {len(seconds)} first visits",
            end=" ",
        )
        print(f"of {statistics.median(seconds):.3f} s (median), {max(seconds):.3f} s (most)")


async def imported(running: House, kind: str, file: Path) -> dict[str, int]:
    """Import in a process of its own; what it reports at its end."""
    out = await succeeded(running, "import", kind, str(file), "--organisation", "harbour", "--json")
    report = json.loads(out.splitlines()[-1])
    assert isinstance(report, dict)
    return report


async def added_until(running: House, done: "asyncio.Future[dict[str, int]]") -> list[str]:
    """Add name after name, each in a process of its own, until the import is done; at least one."""
    added: list[str] = []
    while not added or not done.done():
        name = f"added-{len(added)}.harbour.test"
        assert running.pebble
        running.pebble.set_cname(name, TARGET)
        await succeeded(running, "domain", "add", name, "--organisation", "harbour")
        await running.until_routed(name)
        added.append(name)
    return added


async def first_visits(
    running: House, names: list[Hostname], done: "asyncio.Future[dict[str, int]]"
) -> list[float]:
    """Seconds from a first visitor's connect to the end of the page, while the import runs."""
    seconds: list[float] = []
    for name in names:
        if done.done():
            break
        started = time.monotonic()
        assert (await running.visit(name))[0] == 200
        seconds.append(time.monotonic() - started)
        assert (await running.visit(name))[0] == 200
    assert seconds
    return seconds


async def succeeded(running: House, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "edge", *arguments, "--config", str(running.config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


def integrity(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("PRAGMA integrity_check")]


def files(folder: Path) -> tuple[Path, Path]:
    """The CSVs: customers, and a month of their calls."""
    customers, calls = folder / "customers.csv", folder / "calls.csv"
    with customers.open("w", newline="") as text:
        csv.writer(text).writerows(
            [("reference", "name"), *((f"AC{n:03d}", f"Customer {n}") for n in range(ACCOUNTS))]
        )
    chance, first = random.Random(9), datetime(2026, 10, 1, tzinfo=UTC)
    with calls.open("w", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        for number in range(CALLS):
            at = first + timedelta(seconds=number * 2_000_000 // CALLS)
            account, seconds = f"AC{chance.randrange(ACCOUNTS):03d}", chance.randrange(3_600)
            price = f"0.{chance.randrange(10_000):04d}"
            rows.writerow((f"cdr-{number}", account, at.isoformat(), seconds, price, *COMMON))
    return customers, calls

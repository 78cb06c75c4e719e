"""Litestream beside a store that is written to, and the way back from its replica."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from store import held, wal
from tests.e2e.house import furnished, house
from tests.peers.process import Process

LITESTREAM = "build/programs/bin/litestream"
"""Made by scripts/setup.sh."""
WRITES = 30


async def test_what_was_committed_is_restored_from_the_replica_and_held(tmp_path: Path) -> None:
    replica, copy = tmp_path / "replica", tmp_path / "copy.db"
    async with house(tmp_path) as running:
        place = running.settings.store_path
        command = [LITESTREAM, "replicate", str(place), replica.as_uri()]
        process = Process(command, tmp_path / "litestream.log", {})
        try:
            await until(lambda: wal.is_replicated(place))
            await running.store.write(lambda db: db.execute("CREATE TABLE proof (number, bytes)").close())
            for number in range(WRITES):
                await running.store.write(put, number)
                await asyncio.sleep(0.05)
            await until(lambda: newest(replica, copy) == WRITES - 1)
        finally:
            process.stop()
        assert wal.wal_bytes(place) < WRITES << 20  # somebody copied it back, and it was not we
    key = running.settings.master_key_file.read_bytes().strip()
    assert key not in copy.read_bytes() and not any(
        key in each.read_bytes() for each in replica.rglob("*.ltx")
    )
    async with furnished(tmp_path) as dark:
        pass
    done = await asyncio.to_thread(dark.command, "restore", str(copy), "--replace")
    assert done.returncode == 0, done.stderr
    async with furnished(tmp_path) as dark:
        assert await dark.store.read(held.since)
        rows = await dark.store.read(lambda db: db.execute("SELECT count(*) FROM proof").fetchone()[0])
        assert rows == WRITES


def put(db: sqlite3.Connection, number: int) -> None:
    db.execute("INSERT INTO proof VALUES (:number, zeroblob(:size))", {"number": number, "size": 1 << 20})


def newest(replica: Path, copy: Path) -> int:
    """The last number that a restore from the replica has; -1: none."""
    for file in copy.parent.glob(f"{copy.name}*"):
        file.unlink()
    subprocess.run([LITESTREAM, "restore", "-o", copy, replica.as_uri()], capture_output=True, check=False)
    if not copy.exists():
        return -1
    with closing(sqlite3.connect(copy)) as db:
        try:
            return int(db.execute("SELECT max(number) FROM proof").fetchone()[0] or -1)
        except sqlite3.OperationalError:
            return -1


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.2)

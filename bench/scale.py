"""Many names: the start with 100,000 registered ones, and what a scan of unknown ones leaves behind.

    make bench ARGS=scale     python -m bench scale [--registered 100000] [--scanned 100000]

To reach: ready within 2 s and 150 MiB; memory after the scan where it was before.
"""

import argparse
import asyncio
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from bench import _process_tree, _visitors
from bench._peers import LOAD_CORE, Application, Brassplate
from edge import main as edge_main
from edge import settings as edge_settings
from store import domains, organisations
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.e2e.house import write_config

AT_ONCE = 500
MIB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--registered", type=int, default=100_000)
    parser.add_argument("--scanned", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seconds, memory = started(Path(folder), arguments.registered)
        reached = "reached" if seconds <= 2 and memory <= 150 * MIB else "MISSED"
        print(
            f"{arguments.registered:,} names: ready after {seconds:.2f} s, {memory / MIB:.0f} MiB  {reached}"
        )
    _process_tree.pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        before, after = scanned(Path(folder), arguments.scanned)
        reached = "reached" if after - before < 2 * MIB else "MISSED"
        print(
            f"{arguments.scanned:,} unknown names: {before / MIB:.1f} MiB, then {after / MIB:.1f} MiB  {reached}"
        )


def started(folder: Path, count: int) -> tuple[float, int]:
    """Seconds from the start until `ready`, the second time (the first makes what is made once), and bytes then."""
    config = folder / "brassplate.toml"
    write_config(config, None)
    asyncio.run(_register(config, count))
    for _ in range(2):
        begun = time.perf_counter()
        serve = subprocess.Popen(
            [sys.executable, "-m", "edge", "serve", "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert serve.stdout
        assert serve.stdout.readline().startswith("ready ")
        seconds = time.perf_counter() - begun
        memory = _process_tree.memory(serve.pid)
        serve.terminate()
        serve.communicate()
    return seconds, memory


async def _register(config: Path, count: int) -> None:
    found = edge_settings.load(config, {})
    assert isinstance(found, edge_settings.Settings), found
    store, now = await Store.open(found.store_path), edge_main.system_clock()
    organisation = await store.write(organisations.add, "harbour", "Harbour Telecom", now)
    for first in range(0, count, AT_ONCE):
        await store.write(_add, organisation.id, range(first, min(first + AT_ONCE, count)), now)
    await store.close()


def _add(db: sqlite3.Connection, organisation_id: int, numbers: range, now: datetime) -> None:
    for number in numbers:
        leads = Destination(
            Hostname(f"portal.customer-{number}.example"),
            Room.PORTAL,
            organisation_id,
            False,
            (),
            Confirmation.CNAME,
            Hostname("customers.provider.test"),
        )
        domains.add(db, leads, now)


def scanned(folder: Path, count: int) -> tuple[int, int]:
    """Bytes after a tenth of the scan, when all that is kept is full, and after the rest of it."""
    application = Application(folder)
    try:
        edge = Brassplate(folder, application.port)
        try:
            _visitors.strangers(edge.port, count // 10)
            before = edge.memory()
            _visitors.strangers(edge.port, count - count // 10, first=count // 10)
            return before, edge.memory()
        finally:
            edge.stop()
    finally:
        application.stop()


if __name__ == "__main__":
    main()

"""House: processes that import into the same store, or write there meanwhile; run as `python -m`."""

import asyncio
import logging
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from store.database import Store
from store.importing.run import Task, import_csv
from tests.store.importing.books import SLUG

ROOT = Path(__file__).resolve().parents[3]


def start(*arguments: object) -> subprocess.Popen[str]:
    """This module in a process of its own."""
    command = [sys.executable, "-m", __name__, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def calls_text(count: int, first: int = 0, price: str = "0.01") -> str:
    """A file of calls of the customers A1 and A2."""
    rows = "".join(
        f"k-{n},A{1 + n % 2},2026-10-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}:00Z,{n},07700900123,{price}\n"
        for n in range(first, first + count)
    )
    return f"external_id,account_reference,started,duration_seconds,number,net_price\n{rows}"


def run_import(store: str, kind: str, file: str) -> None:
    """Say each phase as the log does, then what was added."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
    report = import_csv(Path(store), Task(kind, Path(file), SLUG), lambda: datetime.now(UTC))
    print(f"added {report.added} refused {report.refused}", flush=True)


def run_writer(store: str) -> None:
    """Write through `Store` until stdin closes; say how many writes there were and the longest wait."""
    waits = asyncio.run(_write_until_told(Path(store)))
    print(f"wrote {len(waits)} {sorted(waits)[len(waits) // 2]:.6f} {max(waits):.6f}", flush=True)


async def _write_until_told(store: Path) -> list[float]:
    told = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    opened = await Store.open(store)
    waits: list[float] = []
    print("ready", flush=True)
    while not told.done() or len(waits) < 20:
        started = perf_counter()
        await opened.write(_note, len(waits))
        waits.append(perf_counter() - started)
        await asyncio.sleep(0.001)
    await opened.close()
    return waits


def _note(db: sqlite3.Connection, number: int) -> None:
    db.execute(
        "INSERT INTO audit (actor, action, object, at) VALUES ('system', 'note', :number, 0)",
        {"number": str(number)},
    )


if __name__ == "__main__":
    run_import(*sys.argv[2:]) if sys.argv[1] == "import" else run_writer(*sys.argv[2:])

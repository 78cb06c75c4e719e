"""Import calls into a store and say how fast each part was and how long the lock was ever held.

    python -m bench.imports [--calls 1000000] [--months 2] [--directory DIR] [--invoices]

Prints one JSON line a run. `standing` is the number of calls the store had before.
"""

import argparse
import csv
import json
import random
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from store import organisations
from store.importing import writer
from store.importing.run import Task, import_csv
from store.importing.writer import opened
from store.turnstile import Turnstile

ACCOUNTS = 20_000
HOLDS: list[float] = []
"""Seconds that the lock was held, by every transaction and checkpoint of a run."""
SLUG = "bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=2)
    parser.add_argument("--directory", type=Path)
    parser.add_argument("--invoices", action="store_true", help="calls name their invoice")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.directory) as name:
        directory = Path(name)
        store = directory / "bench.db"
        prepared(store, directory, args.months if args.invoices else 0)
        for month in range(args.months):
            file = calls_file(directory, args.calls, month, args.invoices)
            timed(store, file, "calls")
        timed(store, file, "calls")


def prepared(store: Path, directory: Path, months: int) -> None:
    """A store with an organisation and its customers."""
    sqlite3.connect(store).close()
    with opened(store) as opened_store:
        opened_store.write(lambda db: organisations.add(db, SLUG, "Bench", datetime.now(UTC)))
    file = directory / "customers.csv"
    with file.open("w", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(["reference", "name"])
        rows.writerows([f"AC{n:06d}", f"Customer {n}"] for n in range(ACCOUNTS))
    timed(store, file, "customers")
    if months:
        file = directory / "invoices.csv"
        with file.open("w", newline="") as text:
            rows = csv.writer(text)
            rows.writerow(["number", "account_reference", "date", "net", "tax", "gross"])
            for month in range(months):
                rows.writerows(
                    [invoice(n, month), f"AC{n:06d}", f"2026-{month + 1:02d}-28", "10.00", "2.00", "12.00"]
                    for n in range(ACCOUNTS)
                )
        timed(store, file, "invoices")


def invoice(account: int, month: int) -> str:
    return f"INV-{month}-{account:06d}"


def calls_file(directory: Path, calls: int, month: int, invoices: bool) -> Path:
    """A month of calls, in the order in which they were made."""
    chance, start = random.Random(month), datetime(2026, month + 1, 1, tzinfo=UTC)
    file = directory / f"calls-{month}.csv"
    with file.open("w", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(_HEADER)
        for number in range(calls):
            at = start + timedelta(seconds=number * 28 * 86_400 // calls)
            account, seconds = chance.randrange(ACCOUNTS), chance.randrange(3600)
            rows.writerow(
                (
                    f"cdr-{month}-{number:09d}",
                    f"AC{account:06d}",
                    f"0207946{account % 10_000:04d}",
                    "outbound",
                    "voice",
                    at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    seconds,
                    seconds,
                    0,
                    f"07700900{chance.randrange(1000):03d}",
                    "UK Mobile",
                    "mobile",
                    "fm3",
                    f"0.{chance.randrange(10_000):04d}",
                    "0",
                    "0",
                    "false",
                    "",
                    "GBP",
                    invoice(account, month) if invoices else "",
                    "",
                )
            )
    return file


def timed(store: Path, file: Path, kind: str) -> None:
    """Import a file and print what it took."""
    phases: dict[str, list[float]] = {}
    HOLDS.clear()

    def progress(phase: str, done: int, total: int) -> None:
        phases.setdefault(phase, []).append(perf_counter())

    before, started = standing(store), perf_counter()
    report = import_csv(store, Task(kind, file, SLUG), lambda: datetime.now(UTC), progress)
    took = perf_counter() - started
    assert not report.refused, report.refusals[:3]
    marks = phases["read"][-1], phases["merge"][0], phases["merge"][-1]
    print(
        json.dumps(
            {
                "kind": kind,
                "standing": before,
                "rows": report.read,
                "added": report.added,
                "seconds": round(took, 1),
                "read_per_second": round(report.read / (marks[0] - started)),
                "sort_seconds": round(marks[1] - marks[0], 1),
                "merged_per_second": round(report.read / (marks[2] - marks[1])),
                "transactions": len(phases["merge"]),
                "median_hold_ms": round(sorted(HOLDS)[len(HOLDS) // 2] * 1000, 1),
                "holds_over_10_ms": sum(hold > 0.010 for hold in HOLDS),
                "longest_hold_ms": round(report.longest_hold_seconds * 1000, 1),
                "longest_checkpoint_ms": round(report.longest_checkpoint_seconds * 1000, 1),
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        ),
        flush=True,
    )


def standing(store: Path) -> int:
    with opened(store) as opened_store:
        return int(opened_store.db.execute("SELECT count(*) FROM calls").fetchone()[0])


_HEADER = (
    "external_id,account_reference,cli,direction,type,started,duration_seconds,billed_seconds,data_bytes,number,"
    "destination,destination_group,charge_band,net_price,access_charge,service_charge,in_bundle,cost_centre,"
    "currency,invoice_number,invoice_line"
).split(",")


class Timed(Turnstile):
    """A turnstile that keeps how long it was held."""

    @contextmanager
    def held(self) -> Iterator[None]:
        with super().held():
            started = perf_counter()
            yield
            HOLDS.append(perf_counter() - started)


setattr(writer, "Turnstile", Timed)  # noqa: B010

if __name__ == "__main__":
    main()

"""Import a month of calls into a store that has millions, and say how fast each part was and what each index costs.

    python -m bench imports [--standing 5000000] [--calls 1000000] [--scratch 200000] [--directory DIR]

Prints one JSON line a run; each run is a process of its own, so `peak_mib` is the importing process's. The standing
store is made once for its size and schema, and kept in build/bench.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from bench import _calls_store as calls_store
from store.importing import calls, writer
from store.importing.run import Task, import_csv
from store.importing.writer import opened
from store.migrate import migrations
from store.turnstile import Turnstile

KEPT = Path(__file__).parent.parent / "build" / "bench"
HOLDS: list[float] = []
"""Seconds that the lock was held, by every transaction and checkpoint of a run."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--standing", type=int, default=5_000_000, help="calls that the store has before")
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--scratch", type=int, default=200_000, help="calls a run about indexes; 0: none")
    parser.add_argument("--directory", type=Path, help="where to work; default: build/bench")
    parser.add_argument("--run", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--without", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.run:
        print(json.dumps(timed(args.run[0], args.run[1], args.without)), flush=True)
        return
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.directory or KEPT) as name:
        large_store(Path(name), args.standing, args.calls)
        if args.scratch:
            indexes(Path(name), args.scratch)


def large_store(directory: Path, standing: int, count: int) -> None:
    """The month after those that stand, with shuffled ids in no order; then the same file again."""
    store, file = directory / "large.db", directory / "calls.csv"
    shutil.copyfile(kept_store(standing), store)
    calls_store.write_csv(file, count, calls_store.months_of(standing))
    first = run(store, file)
    show("calls", first)
    again = run(store, file)
    assert again["added"] == 0, again
    assert first["added"] == count, first
    show("the same file again", again)
    print(
        f"{count:,} calls into {standing:,}: {first['rows_per_second']:,} rows a second from file to published,"
        f" {first['merged_per_second']:,} of merging; longest write lock {first['longest_hold_ms']} ms,"
        f" checkpoint {first['longest_checkpoint_ms']} ms; {first['peak_mib']} MiB",
        flush=True,
    )


def indexes(directory: Path, count: int) -> None:
    """The same rows with and without what is kept beside the calls; what each adds to a row of merging."""
    file = directory / "scratch.csv"
    calls_store.write_csv(file, count, calls_store.months_of(count), invoices=True)
    costs: dict[str, float] = {}
    for without in ("", "calls_by_invoice_line", "call_ids"):
        store = directory / f"scratch_{without}.db"
        calls_store.make(store, count, invoices=True)
        found = run(store, file, without)
        costs[without] = float(str(found["merge_cpu_us"]))
        show(f"without {without}" if without else "with all indexes", found)
    for name in ("calls_by_invoice_line", "call_ids"):
        print(
            f"{name}: {costs[''] - costs[name]:.2f} µs of CPU a row, of {costs['']:.2f} µs of merging",
            flush=True,
        )


def kept_store(standing: int) -> Path:
    """The store of this size, made where it was not kept, or kept with another schema."""
    schema = hashlib.sha256("".join(migrations().values()).encode()).hexdigest()[:12]
    path = KEPT / f"calls-{standing}-{schema}.db"
    if not path.exists():
        for old in KEPT.glob(f"calls-{standing}-*"):
            old.unlink()
        started = perf_counter()
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        calls_store.make(making, standing)
        making.rename(path)
        print(f"a store of {standing:,} calls was made in {perf_counter() - started:.0f} s", flush=True)
    return path


def run(store: Path, file: Path, without: str = "") -> dict[str, object]:
    """Import in a process of its own."""
    words = [sys.executable, "-m", "bench.imports", "--run", str(store), str(file), "--without", without]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def show(what: str, found: dict[str, object]) -> None:
    print(json.dumps({"run": what} | found), flush=True)


def timed(store: Path, file: Path, without: str = "") -> dict[str, object]:
    """Import a file and measure."""
    leave_out(store, without)
    phases: dict[str, list[float]] = {}
    busy: dict[str, float] = {}
    HOLDS.clear()

    def progress(phase: str, done: int, total: int) -> None:
        phases.setdefault(phase, []).append(perf_counter())
        busy.setdefault(phase, process_time())

    before, started, begun = standing(store), perf_counter(), process_time()
    report = import_csv(store, Task("calls", file, calls_store.SLUG), lambda: datetime.now(UTC), progress)
    took, ended_busy = perf_counter() - started, process_time()
    assert not report.refused, report.refusals[:3]
    read, merging, ended = phases["read"][-1], phases["merge"][0], started + took
    return {
        "standing": before,
        "rows": report.read,
        "added": report.added,
        "seconds": round(took, 1),
        "rows_per_second": round(report.read / took),
        "read_per_second": round(report.read / (read - started)),
        "sort_seconds": round(merging - read, 1),
        "staged_per_second": round(report.read / (merging - started)),
        "merged_per_second": round(report.read / (ended - merging)),
        "stage_cpu_us": round((busy["merge"] - begun) / report.read * 1e6, 2),
        "merge_cpu_us": round((ended_busy - busy["merge"]) / report.read * 1e6, 2),
        "transactions": len(HOLDS),
        "median_hold_ms": round(sorted(HOLDS)[len(HOLDS) // 2] * 1000, 1),
        "holds_over_10_ms": sum(hold > 0.010 for hold in HOLDS),
        "longest_hold_ms": round(report.longest_hold_seconds * 1000, 1),
        "longest_checkpoint_ms": round(report.longest_checkpoint_seconds * 1000, 1),
        "peak_mib": peak_mib(),
    }


def peak_mib() -> int:
    """The most memory that this process ever had; its parent's, which getrusage would count too, apart."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def leave_out(store: Path, without: str) -> None:
    """Make a scratch store do without an index."""
    if without == "call_ids":
        object.__setattr__(calls.CALLS, "after", None)
    elif without:
        with opened(store) as opened_store:
            opened_store.write(lambda db: db.execute(f"DROP INDEX {without}"))


def standing(store: Path) -> int:
    with opened(store) as opened_store:
        return int(opened_store.db.execute("SELECT count(*) FROM calls").fetchone()[0])


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

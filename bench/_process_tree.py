"""What a process and its children have used, by the kernel's accounting."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def members(pid: int) -> list[int]:
    """The process and all that it started, as far as they live."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += members(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time in user and kernel mode, of every thread, to the nanosecond."""
    return (
        sum(
            int(file.read_text().split()[0])
            for one in members(pid)
            for file in Path(f"/proc/{one}/task").glob("*/schedstat")
        )
        / 1e9
    )


def memory(pid: int) -> int:
    """Bytes in memory; what several of them share is counted once."""
    return sum(_proportional(one) for one in members(pid))


def pin(core: int) -> None:
    """Keep this process, and what it starts from now on, on one core."""
    if core in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {core})


@contextmanager
def on(core: int) -> Iterator[None]:
    """What is started in the block stays on this core; we are back where we were after it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _proportional(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0

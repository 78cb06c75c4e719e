"""Endurance: mixed load for half an hour; memory, open files and tasks of the edge meanwhile, and after it.

    make bench ARGS="endurance --minutes 30"     python -m bench endurance [--minutes 30] [--every 10]

To reach: over the last two thirds memory grows by less than 1 MiB in ten minutes; open files and tasks end where they
began. The table is kept in build/bench/endurance.txt, the chart beside it.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import _process_tree
from bench._chart import svg
from bench._mixed_load import PORTAL, MixedLoad
from bench._peers import LOAD_CORE, Brassplate
from edge import main as edge_main
from edge import settings as edge_settings
from store import certificates, domains, organisations, vault
from store.certificates import Certificate
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.e2e.house import write_config
from tests.fakes.self_signed import self_signed
from tests.peers.ports import free_port

RESULT, CHART = Path("build/bench/endurance.txt"), Path("build/bench/endurance.svg")
MIB = 1 << 20
WARMING_SECONDS, COOLING_SECONDS, STEADY_SAMPLES = 20, 240, 75
MOST_MIB = 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The edge at one moment, so many seconds after the load began."""

    at: float
    memory: float
    files: int
    tasks: int


class Edge(Brassplate):
    """Brassplate with an upstream's name, a portal's, and metrics."""

    def __init__(self, folder: Path, upstream: int) -> None:
        self.metrics, self.http = free_port(), free_port()
        super().__init__(folder, upstream)

    def command(self) -> list[str]:
        command, config = super().command(), self.folder / "brassplate.toml"
        edge = {
            "https": [f"127.0.0.1:{self.port}"],
            "http": [f"127.0.0.1:{self.http}"],
            "metrics": f"127.0.0.1:{self.metrics}",
        }
        write_config(config, None, edge=edge)
        asyncio.run(_add_portal(config))
        return command

    def sample(self, began: float) -> Sample:
        """How it is now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=20) as answer:
            told = answer.read().decode()
        files, tasks = (_value(name, told) for name in ("process_open_fds", "brassplate_tasks"))
        return Sample(time.monotonic() - began, self.memory() / MIB, files, tasks)


class Chat:
    """The upstream."""

    def __init__(self) -> None:
        self.port = free_port()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench._chat", str(self.port)], stdin=subprocess.DEVNULL
        )

    def stop(self) -> None:
        self._child.terminate()
        self._child.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=10, help="seconds between samples")
    arguments = parser.parse_args()
    _process_tree.pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        before, samples, after, load = endured(Path(folder), arguments.minutes * 60, arguments.every)
    lines = [*table(samples), *verdict(before, samples, after, load)]
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text("\n".join(lines) + "\n")
    CHART.write_text(svg([(each.at / 60, each.memory) for each in samples], "Memory in MiB, by minutes"))
    print("\n".join(lines))


def endured(
    folder: Path, seconds: float, every: float, threads: int = 6
) -> tuple[Sample, list[Sample], Sample, MixedLoad]:
    """Warm up, rest, begin; sample; rest again."""
    chat = Chat()
    try:
        edge = Edge(folder, chat.port)
        try:
            warm = MixedLoad(edge.port, edge.http, threads=threads)
            warm.start()
            time.sleep(min(WARMING_SECONDS, seconds))
            warm.stop()
            began = time.monotonic()
            before = _rested(edge, began)
            load = MixedLoad(edge.port, edge.http, threads=threads)
            load.start()
            began, samples = time.monotonic(), []
            while time.monotonic() - began < seconds:
                time.sleep(every)
                samples.append(edge.sample(began))
            load.stop()
            return before, samples, _rested(edge, began), load
        finally:
            edge.stop()
    finally:
        chat.stop()


def table(samples: Sequence[Sample]) -> list[str]:
    """Some thirty rows of what was seen."""
    step = max(len(samples) // 30, 1)
    return [
        f"{'minute':>8} {'MiB':>8} {'files':>6} {'tasks':>6}",
        *(
            f"{each.at / 60:8.1f} {each.memory:8.2f} {each.files:6} {each.tasks:6}"
            for each in samples[::step]
        ),
    ]


def verdict(before: Sample, samples: Sequence[Sample], after: Sample, load: MixedLoad) -> list[str]:
    """What was to reach, and was or was not."""
    growth = growth_in_ten_minutes(samples)
    same = after.files <= before.files and after.tasks <= before.tasks
    return [
        ", ".join(f"{count:,} {name}" for name, count in sorted(load.done.items())),
        *(f"FAILED {count} x {words}" for words, count in load.failed.items()),
        f"memory in ten minutes of the last two thirds: {growth:+.2f} MiB"
        f"  {'reached' if growth < MOST_MIB else 'MISSED'}",
        f"at rest before and after: {before.files} and {after.files} files, {before.tasks} and {after.tasks} tasks,"
        f" {before.memory:.1f} and {after.memory:.1f} MiB  {'reached' if same else 'MISSED'}",
    ]


def growth_in_ten_minutes(samples: Sequence[Sample]) -> float:
    """MiB, by the line that fits the last two thirds best."""
    late = samples[len(samples) // 3 :]
    slope, _ = statistics.linear_regression([each.at for each in late], [each.memory for each in late])
    return slope * 600


def _rested(edge: Edge, began: float) -> Sample:
    """Once nothing has changed for some seconds; kept connections to the upstream end within a minute or two."""
    until, last, same = time.monotonic() + COOLING_SECONDS, edge.sample(began), 0
    while time.monotonic() < until and same < STEADY_SAMPLES:
        time.sleep(1)
        now = edge.sample(began)
        same = same + 1 if (now.files, now.tasks) == (last.files, last.tasks) else 0
        last = now
    return last


async def _add_portal(config: Path) -> None:
    found = edge_settings.load(config, {})
    assert isinstance(found, edge_settings.Settings), found
    now, name = edge_main.system_clock(), Hostname(PORTAL)
    store = await Store.open(found.store_path)
    organisation = await store.read(organisations.by_slug, "harbour")
    assert organisation is not None
    target = Hostname("customers.provider.test")
    leads = Destination(name, Room.PORTAL, organisation.id, False, (), Confirmation.CNAME, target)
    await store.write(domains.add, leads, now)
    chain, key = self_signed(name)
    sealed = vault.Vault.from_file(found.master_key_file).seal(key, name, "2")
    held = Certificate(name, "2", chain.decode(), sealed, "local", now, now.replace(year=now.year + 1))
    await store.write(certificates.add, held, now)
    await store.close()


def _value(name: str, told: str) -> int:
    found = re.search(rf"^{name} (\S+)$", told, re.MULTILINE)
    assert found, f"no {name}"
    return int(float(found[1]))


if __name__ == "__main__":
    main()

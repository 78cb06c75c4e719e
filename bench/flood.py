"""Floods of names: what visitors of known names feel of them, and what the CA is asked.

    make bench ARGS=flood     python -m bench flood [--rate 500] [--seconds 20] [--rounds 3] [--names 500]

Three phases in turn: quiet; hellos for names that nobody has; hellos for names that are registered and have no
certificate. Pebble is the CA, which the ledger lets have `--orders` in an hour; visits are full handshakes with one
request to an upstream. To reach: the 99th hundredth of visits under a flood takes at most twice the quiet one, and the
CA is asked for no more than the ledger allows. The table is kept in build/bench/flood.txt.
"""

import argparse
import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import _process_tree
from bench._peers import LOAD_CORE, NAME, Application, Brassplate, client
from edge import main as edge_main
from edge import settings as edge_settings
from store import domains, organisations
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.e2e.house import TARGET, write_config
from tests.peers.pebble import Pebble

RESULT = Path("build/bench/flood.txt")
SUFFIX, STRANGE = ".harbour.test", ".stranger.test"
PAUSE_SECONDS = 0.01
MOST_TIMES = 2.0


class Edge(Brassplate):
    """Brassplate with Pebble, one name with a certificate and many without one."""

    def __init__(self, folder: Path, upstream: int, pebble: Pebble, names: int, orders: int) -> None:
        self._pebble, self._names, self._orders = pebble, names, orders
        super().__init__(folder, upstream)
        self.port = pebble.tls_port

    def command(self) -> list[str]:
        command, config = super().command(), self.folder / "brassplate.toml"
        self.port = self._pebble.tls_port
        acme = {"limits": [f"orders={self._orders}/1h"]}
        write_config(config, self._pebble, acme=acme, edge={"max_connections_per_address": 100_000})
        asyncio.run(_register(config, self._names))
        return command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rate", type=float, default=500, help="hellos a second")
    parser.add_argument("--seconds", type=float, default=20, help="of each phase")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--names", type=int, default=500, help="registered, without certificates")
    parser.add_argument("--orders", type=int, default=20, help="in an hour, by the ledger")
    arguments = parser.parse_args()
    _process_tree.pin(LOAD_CORE)
    lines = measured(arguments)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def measured(arguments: argparse.Namespace) -> list[str]:
    """The table."""
    phases: dict[str, tuple[str, int]] = {
        "quiet": ("", 0),
        "unknown names": (STRANGE, 100_000_000),
        "names without certificates": (SUFFIX, arguments.names),
    }
    taken: dict[str, list[float]] = {name: [] for name in phases}
    hellos = dict.fromkeys(phases, 0)
    with tempfile.TemporaryDirectory() as folder, Pebble() as pebble, _application(Path(folder)) as upstream:
        pebble.set_cname(NAME, TARGET)
        for number in range(arguments.names):
            pebble.set_cname(_name(number), TARGET)
        edge = Edge(Path(folder), upstream, pebble, arguments.names, arguments.orders)
        try:
            visits(edge.port, 2)
            for _ in range(arguments.rounds):
                for name, (suffix, names) in phases.items():
                    with _flood(edge.port, arguments.rate, arguments.seconds, names, suffix) as flooder:
                        taken[name] += visits(edge.port, arguments.seconds - 1)
                    hellos[name] += int(flooder.communicate()[0]) if flooder else 0
            orders = pebble.orders()
        finally:
            edge.stop()
    return _table(taken, hellos, orders, arguments.orders)


def visits(port: int, seconds: float) -> list[float]:
    """Seconds of each visit, one after the other."""
    request = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
    until, taken, context = time.monotonic() + seconds, [], client()
    while time.monotonic() < until:
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
            with context.wrap_socket(plain, server_hostname=NAME) as secure:
                secure.sendall(request)
                assert secure.recv(12) == b"HTTP/1.1 200"
        taken.append(time.perf_counter() - began)
        time.sleep(PAUSE_SECONDS)
    return taken


def _table(taken: dict[str, list[float]], hellos: dict[str, int], orders: int, allowed: int) -> list[str]:
    quiet = _hundredth(taken["quiet"], 99)
    lines = [f"{'phase':28} {'hellos':>8} {'visits':>7} {'p50 ms':>7} {'p99 ms':>7} {'of quiet':>9}"]
    for name, seconds in taken.items():
        p99 = _hundredth(seconds, 99)
        lines.append(
            f"{name:28} {hellos[name]:8,} {len(seconds):7,} {_hundredth(seconds, 50) * 1e3:7.1f}"
            f" {p99 * 1e3:7.1f} {p99 / quiet:9.2f}  {'reached' if p99 <= MOST_TIMES * quiet else 'MISSED'}"
        )
    verdict = "reached" if orders <= allowed else "MISSED"
    return [*lines, f"orders at the CA: {orders}, of {allowed} that the ledger allows in an hour  {verdict}"]


def _hundredth(values: list[float], number: int) -> float:
    return statistics.quantiles(values, n=100)[number - 1]


@contextmanager
def _flood(
    port: int, rate: float, seconds: float, names: int, suffix: str
) -> Iterator["subprocess.Popen[str] | None"]:
    if not suffix:
        yield None
        return
    words = [sys.executable, "-m", "bench._flooder", *map(str, (port, rate, seconds, names)), suffix]
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    yield child
    child.wait()


@contextmanager
def _application(folder: Path) -> Iterator[int]:
    application = Application(folder)
    try:
        yield application.port
    finally:
        application.stop()


def _name(number: int) -> Hostname:
    return Hostname(f"name-{number:08}{SUFFIX}")


async def _register(config: Path, count: int) -> None:
    found = edge_settings.load(config, {})
    assert isinstance(found, edge_settings.Settings), found
    store, now = await Store.open(found.store_path), edge_main.system_clock()
    organisation = await store.read(organisations.by_slug, "harbour")
    assert organisation is not None
    for number in range(count):
        leads = Destination(
            _name(number), Room.PORTAL, organisation.id, False, (), Confirmation.CNAME, Hostname(TARGET)
        )
        await store.write(domains.add, leads, now)
    await store.close()


if __name__ == "__main__":
    main()

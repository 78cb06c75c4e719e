"""What proxying costs, against nginx, HAProxy, Traefik and Caddy: CPU time of each server's whole process tree.

    make bench ARGS="proxy --rounds 5"     python -m bench proxy [--only kept,full] [--peers brassplate,nginx]

Servers on one core, load and upstream on the other; each row asks every server in turn, several times over, and gives
medians. Figures are ratios within one run: ours by theirs. The table is kept in build/bench/proxy.txt.
"""

import argparse
import os
import platform
import ssl
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench import _process_tree, _visitors
from bench._peers import LOAD_CORE, PEERS, Application, Brassplate, Embedded, Page, Peer, Sink, versions
from bench.first_request import processor

RESULT = Path("build/bench/proxy.txt")
Measure = Callable[[Peer, Path], float]


def kept(peer: Peer, folder: Path) -> float:
    """CPU per request of a kept connection."""
    return _per_item(peer, lambda: _visitors.kept(peer.port, 2, folder))


def page(peer: Peer, folder: Path) -> float:
    """CPU per page of an application that is embedded, or that stands behind the server."""
    return _per_item(peer, lambda: _visitors.kept(peer.port, 2, folder))


def full(peer: Peer, _: Path) -> float:
    """CPU per full handshake with one request."""
    return _per_item(peer, lambda: _visitors.handshakes(peer.port, 400, resumed=False))


def resumed(peer: Peer, _: Path) -> float:
    """CPU per resumed handshake with one request."""
    return _per_item(peer, lambda: _visitors.handshakes(peer.port, 400, resumed=True))


def strangers(peer: Peer, _: Path) -> float:
    """CPU per handshake for an unknown name."""
    return _per_item(peer, lambda: _visitors.strangers(peer.port, 500))


def download(peer: Peer, _: Path) -> float:
    """CPU of a gigabyte down, in microseconds."""
    return _of_body(peer, _visitors.download)


def upload(peer: Peer, _: Path) -> float:
    """CPU of a gigabyte up, in microseconds."""
    return _of_body(peer, _visitors.upload)


def idle(peer: Peer, _: Path) -> float:
    """Bytes of an idle connection, at 2,000."""
    before = peer.memory()
    kept = _visitors.idle(peer.port, 2_000)
    taken = (peer.memory() - before) / len(kept)
    for connection in kept:
        connection.close()
    return taken


ROWS: dict[str, tuple[str, Measure, dict[str, float]]] = {
    "page": (
        "page of an embedded application, server and application together, us",
        page,
        {"nginx": 0.65, "caddy": 0.3},
    ),
    "kept": (
        "small response from an upstream, kept connection, us",
        kept,
        {"nginx": 1.5, "traefik": 0.6, "caddy": 0.45},
    ),
    "full": ("full TLS 1.3 handshake with one request, us", full, {"nginx": 1.15, "caddy": 1.0}),
    "resumed": ("resumed handshake with one request, us", resumed, {}),
    "strangers": ("unknown name refused, us", strangers, {"caddy": 0.2}),
    "download": ("1 GiB down, CPU us", download, {}),
    "upload": ("1 GiB up, CPU us", upload, {}),
    "idle": ("memory of an idle connection at 2,000, bytes", idle, {"nginx": 2.0, "caddy": 0.8}),
}
LACKING = {"strangers": ("nginx", "haproxy", "traefik")}
"""They answer strangers with another name's certificate, unless told otherwise."""
ONCE = ("download", "upload", "idle")
"""Measured once a round, without warming up."""
THROUGHPUT: dict[tuple[str, str], list[float]] = {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(ROWS), help=f"of {', '.join(ROWS)}")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"of {', '.join(PEERS)}")
    arguments = parser.parse_args()
    _process_tree.pin(LOAD_CORE)
    names = arguments.peers.split(",")
    lines = [heading(names)]
    print(lines[0], flush=True)
    for row in arguments.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            able = [name for name in names if name not in LACKING.get(row, ())]
            lines.append(measured(row, able, Path(folder), arguments.rounds))
        print(lines[-1], flush=True)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text("\n".join(lines) + "\n")


def heading(names: list[str]) -> str:
    """When, on what and with what."""
    return (
        f"proxy, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.release()},"
        f" {os.cpu_count()} cores ({processor()}), load before {os.getloadavg()[0]:.1f}\n"
        f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}; {versions(names)}"
    )


def measured(row: str, names: list[str], folder: Path, rounds: int) -> str:
    """One line of the table: medians, and ours by theirs."""
    words, measure, _ = ROWS[row]
    taken: dict[str, list[float]] = {name: [] for name in names}
    with ExitStack() as stack:
        application = _behind(row, folder)
        stack.callback(application.stop)
        peers = []
        for name in names:
            kind = Embedded if row == "page" and name == Brassplate.name else PEERS[name]
            peers.append(kind(folder, application.port))
            if isinstance(application, Page) and kind is not Embedded:
                peers[-1].beside = application.cpu_seconds
            stack.callback(peers[-1].stop)
            if row not in ONCE:
                measure(peers[-1], folder)
        # What idle connections left behind is used again by the next ones: only the first look says what they take.
        for _ in range(1 if row == "idle" else rounds):
            for peer in peers:
                taken[peer.name].append(measure(peer, folder))
    return _line(row, words, {name: statistics.median(values) for name, values in taken.items()})


def _behind(row: str, folder: Path) -> Application | Sink | Page:
    """The upstream of a row."""
    if row == "page":
        return Page(folder)
    return Sink(folder) if row == "upload" else Application(folder)


def _line(row: str, words: str, medians: dict[str, float]) -> str:
    ours = medians.get(Brassplate.name, 0.0)
    wanted = ROWS[row][2]
    told = [f"{words}: ours {ours:,.0f}"]
    for name, theirs in medians.items():
        if name != Brassplate.name and theirs:
            ratio = ours / theirs
            aim = wanted.get(name)
            said = f" ({'reached' if ratio <= aim else 'MISSED'} {aim})" if aim and ours else ""
            told.append(f"{name} {theirs:,.0f} = {ratio:.2f}{said}")
    told += [
        f"{name} {statistics.median(values):.0f} MiB/s"
        for (of, name), values in THROUGHPUT.items()
        if of == row
    ]
    return "; ".join(told)


def _per_item(peer: Peer, load: Callable[[], int]) -> float:
    before = peer.cpu_seconds()
    count = load()
    return (peer.cpu_seconds() - before) / count * 1e6


def _of_body(peer: Peer, move: Callable[[int], float]) -> float:
    before, memory = peer.cpu_seconds(), peer.memory()
    seconds = move(peer.port)
    THROUGHPUT.setdefault((move.__name__, peer.name), []).append(1024 / seconds)
    grown = peer.memory() - memory
    if grown > 32 << 20:
        print(f"  {peer.name} grew by {grown >> 20} MiB", file=sys.stderr)
    return (peer.cpu_seconds() - before) * 1e6


if __name__ == "__main__":
    main()

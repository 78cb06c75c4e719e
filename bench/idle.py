"""Idle connections: what ten thousand of them take, and what somebody who comes then waits.

    make bench ARGS=idle     python -m bench idle [--connections 10000]

Each was used for one request and is kept. The table is kept in build/bench/idle.txt.
"""

import argparse
import resource
import socket
import ssl
import statistics
import tempfile
import time
from pathlib import Path

from bench import _process_tree
from bench._peers import LOAD_CORE, NAME, Application, Brassplate, client
from tests.e2e.house import write_config
from tests.peers.ports import free_port

RESULT = Path("build/bench/idle.txt")
REQUEST = f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
VISITS = 200


class Edge(Brassplate):
    """One that lets everybody come from one address."""

    def command(self) -> list[str]:
        command = super().command()
        edge = {
            "https": [f"127.0.0.1:{self.port}"],
            "http": [f"127.0.0.1:{free_port()}"],
            "max_connections_per_address": 1_000_000,
        }
        write_config(self.folder / "brassplate.toml", None, edge=edge)
        return command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--connections", type=int, default=10_000)
    arguments = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    _process_tree.pin(LOAD_CORE)
    with tempfile.TemporaryDirectory() as folder:
        lines = measured(Path(folder), arguments.connections)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def measured(folder: Path, count: int) -> list[str]:
    """Memory for each, and visits before, while and after they are there."""
    application = Application(folder)
    try:
        edge, context = Edge(folder, application.port), client()
        try:
            quiet, before = visits(edge.port, context), edge.memory()
            began = time.perf_counter()
            kept = [used(edge.port, context) for _ in range(count)]
            seconds, after = time.perf_counter() - began, edge.memory()
            full = visits(edge.port, context)
            alive = sum(still_answers(each) for each in kept[:: max(count // 100, 1)])
            for each in kept:
                each.close()
            time.sleep(5)
            return [
                f"{count:,} idle connections, opened in {seconds:.0f} s:"
                f" {(after - before) / count / 1024:.1f} KiB each, {after / 2**20:.0f} MiB in all",
                f"a visit: {quiet * 1e3:.1f} ms before, {full * 1e3:.1f} ms beside them (median of {VISITS})",
                f"{alive} of {len(kept[:: max(count // 100, 1)])} that were asked answered on",
                f"memory once they had left: {edge.memory() / 2**20:.0f} MiB, {before / 2**20:.0f} before",
            ]
        finally:
            edge.stop()
    finally:
        application.stop()


def visits(port: int, context: ssl.SSLContext) -> float:
    """Seconds of a new connection with one request."""
    taken = []
    for _ in range(VISITS):
        began = time.perf_counter()
        used(port, context).close()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def used(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """A connection that has had one answer."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=30)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    secure = context.wrap_socket(plain, server_hostname=NAME)
    assert still_answers(secure)
    return secure


def still_answers(secure: ssl.SSLSocket) -> bool:
    """One request more."""
    secure.sendall(REQUEST)
    return secure.recv(65_536).startswith(b"HTTP/1.1 200")


if __name__ == "__main__":
    main()

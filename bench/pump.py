"""CPU time of a server per keep-alive request and per full handshake: our TLS pump against uvloop's own TLS.

    python bench/pump.py [--requests 3000] [--handshakes 300] [--rounds 3]

Each server is a process on core 0, the load comes from core 1, and the two take turns, so that the ratio holds on a
noisy machine. A handshake is TLS 1.3 in full, one small request with `Connection: close`, one session ticket.
"""

import argparse
import asyncio
import os
import socket
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import uvloop
from aiohttp import web

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from edge.listener import Listener
from edge.tls.contexts import server_context
from edge.tls.terms import Accept
from store.hostname import Hostname
from tests.fakes.self_signed import self_signed

NAME = Hostname("billing.customer.example")
KINDS = ("pump", "uvloop")
KEEP = f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
CLOSE = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()


async def page(request: web.Request) -> web.Response:
    return web.Response(text="x" * 1_000, content_type="text/html")


async def serve(kind: str) -> None:
    """Print the port; then one line of CPU seconds for each line on standard input, until it ends."""
    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    factory = runner.server
    assert factory is not None
    context = server_context(*self_signed(NAME))
    if kind == "pump":
        accept = Accept(context, factory, NAME)
        [address] = await Listener(lambda hello, peer: accept).start(["127.0.0.1:0"])
    else:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(factory, "127.0.0.1", 0, ssl=context)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(address.rpartition(":")[2], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(time.process_time(), flush=True)


class Server:
    """One server process."""

    def __init__(self, kind: str) -> None:
        command = [sys.executable, __file__, "--serve", kind]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(_pipe(self._process.stdout).readline())

    def cpu_seconds(self) -> float:
        _pipe(self._process.stdin).write("\n")
        _pipe(self._process.stdin).flush()
        return float(_pipe(self._process.stdout).readline())

    def microseconds(self, load: Callable[[int, int], None], count: int) -> float:
        """CPU time of the server per item of this load."""
        before = self.cpu_seconds()
        load(self.port, count)
        return (self.cpu_seconds() - before) / count * 1e6

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


def _pipe(end: IO[str] | None) -> IO[str]:
    assert end is not None
    return end


def keep_alive(port: int, count: int) -> None:
    with connected(port) as client:
        for _ in range(count):
            client.sendall(KEEP)
            client.recv(65_536)


def handshakes(port: int, count: int) -> None:
    for _ in range(count):
        with connected(port) as client:
            client.sendall(CLOSE)
            while client.recv(65_536):
                pass


def connected(port: int) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=NAME)


def pin(core: int) -> None:
    if core in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {core})


def compare(requests: int, handshake_count: int, rounds: int) -> None:
    pin(1)
    servers = {kind: Server(kind) for kind in KINDS}
    try:
        for name, load, count in (
            ("keep-alive request", keep_alive, requests),
            ("full handshake", handshakes, handshake_count),
        ):
            taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
            for server in servers.values():
                load(server.port, count // 10 + 1)
            for _ in range(rounds):
                for kind, server in servers.items():
                    taken[kind].append(server.microseconds(load, count))
            ours, theirs = (statistics.median(taken[kind]) for kind in KINDS)
            print(f"{name}: pump {ours:.0f} us, uvloop {theirs:.0f} us, ratio {ours / theirs:.2f}")
    finally:
        for server in servers.values():
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--handshakes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", choices=KINDS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        pin(0)
        uvloop.run(serve(arguments.serve))
    else:
        compare(arguments.requests, arguments.handshakes, arguments.rounds)


if __name__ == "__main__":
    main()

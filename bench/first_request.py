"""Time of the first request on a name that nobody has visited: TCP connect to the first byte of the page.

    python -m bench first_request [--names 30]

`brassplate serve` in a process of its own, against Pebble without its sleeps, by http-01 and by tls-alpn-01; Pebble
refuses no nonce, and then its default, 5 % of the good ones. Within that time: CNAME looked up, order, challenge,
validation, key, certificate, commit, handshake, page. To reach: a median under 0.1 s.
"""

import argparse
import asyncio
import os
import platform
import socket
import ssl
import statistics
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.e2e.house import House, furnished
from tests.e2e.serving import Serve, serving
from tests.peers.pebble import Pebble

TARGET_SECONDS = 0.1
RUNS = (("http-01", 0), ("tls-alpn-01", 0), ("http-01", 5), ("tls-alpn-01", 5))
PHASES = ("hello", "dns", "gate", "lease", "preflight", "order", "validation", "finalise", "commit")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--names", type=int, default=30)
    arguments = parser.parse_args()
    print(heading())
    print(f"{'challenge':12} {'nonces refused':>14} {'names':>6}", end="")
    print("".join(f"{word:>9}" for word in ("median", "least", "most", "first")), " of the median, in ms")
    for challenge, nonce_reject in RUNS:
        seconds, phases = asyncio.run(measured(challenge, nonce_reject, arguments.names))
        reached = "reached" if statistics.median(seconds) < TARGET_SECONDS else "MISSED"
        figures = (statistics.median(seconds), min(seconds), max(seconds), seconds[0])
        print(f"{challenge:12} {nonce_reject:>12} % {len(seconds):>6}", end="")
        print("".join(f"{figure:>7.3f} s" for figure in figures), f" {phases}  {reached}", flush=True)


def heading() -> str:
    """When, on what and with what this was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "uvloop", "cryptography", "acme"))
    load = os.getloadavg()[0]
    return (
        f"first request on an unknown name, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n"
        f"{platform.system()} {platform.release()}, {os.cpu_count()} cores ({processor()}), load before {load:.1f}\n"
        f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {versions}; Pebble without its sleeps\n"
    )


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine()
    )


async def measured(challenge: str, nonce_reject: int, names: int) -> tuple[list[float], str]:
    """Seconds for each name, the first visit after the start first; and what the house says of its phases."""
    with tempfile.TemporaryDirectory() as folder, Pebble(nonce_reject=nonce_reject) as pebble:
        async with furnished(Path(folder), pebble, acme={"challenges": [challenge]}) as running:
            hosts = [
                await running.register(f"shop-{number}.harbour.test", awaited=False)
                for number in range(names)
            ]
            with serving(running.config) as process:
                process.wait_for("registered with the CA")
                time.sleep(1)
                seconds = [first_request(running, host) for host in hosts]
                assert pebble.orders() == names
                return seconds, shares(process)


def first_request(running: House, host: str) -> float:
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", running.https_port)) as connection:
        with running.trust.wrap_socket(connection, server_hostname=host) as visitor:
            visitor.sendall(f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            status = visitor.recv(12)
            took = time.perf_counter() - started
            assert status == b"HTTP/1.1 200", status
            while visitor.recv(65_536):
                pass
    return took


def shares(process: Serve) -> str:
    """The median milliseconds of each phase, by the house's own log."""
    logged = [line.replace('\\"', '"') for line in process.fields("certificate issued")]
    found = []
    for phase in PHASES:
        values = [float(line.partition(f'"{phase}": ')[2].split(",")[0].rstrip('}"')) for line in logged]
        found.append(f"{phase} {statistics.median(values):.1f}")
    return ", ".join(found)


if __name__ == "__main__":
    main()

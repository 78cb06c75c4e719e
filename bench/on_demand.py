"""On-demand certificates beside Caddy's: the first request on an unknown name, and names with certificates, cold.

    make bench ARGS=on_demand     python -m bench on_demand [--names 30] [--cold 10000]

First request: TCP connect to the first byte of the page, each server with a Pebble of its own without its sleeps; to
reach: a median of at most 0.2 of Caddy's. Cold: one handshake on each of so many names whose certificates are in the
store (ours) or the file storage (Caddy's) and in no memory; to reach: a median of at most Caddy's, and memory that
stops growing once the most that is kept is kept.
"""

import argparse
import asyncio
import itertools
import json
import socket
import sqlite3
import ssl
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench import _process_tree
from bench._on_demand import Caddy, everybody_is_welcome
from bench._peers import LOAD_CORE, SERVER_CORE, client
from bench.first_request import first_request
from store import certificates
from store.certificates import Certificate
from store.hostname import Hostname
from store.vault import Vault
from tests.e2e.house import House, furnished
from tests.e2e.serving import Serve
from tests.peers.pebble import Pebble

AT_ONCE = 200
MIB = 1 << 20
Material = tuple[str, bytes, bytes]
"""Name, chain and key."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--names", type=int, default=30)
    parser.add_argument("--cold", type=int, default=10_000)
    arguments = parser.parse_args()
    _process_tree.pin(LOAD_CORE)
    with everybody_is_welcome() as ask:
        ours, theirs = asyncio.run(first_of_us(arguments.names)), first_of_caddy(arguments.names, ask)
        told("first request on an unknown name", ours, theirs, 0.2)
        names = list(itertools.islice(leaves(), arguments.cold))
        ours, grown = asyncio.run(cold_of_us(names))
        told(f"handshake on {len(names):,} names, cold", ours, cold_of_caddy(names, ask), 1.0)
        print(f"  our memory after each tenth, in MiB: {', '.join(f'{size / MIB:.0f}' for size in grown)}")


def told(what: str, ours: list[float], theirs: list[float], most: float) -> None:
    """One row: medians, their ratio, and whether that is enough."""
    median, other = statistics.median(ours), statistics.median(theirs)
    verdict = "reached" if median / other <= most else "MISSED"
    print(
        f"{what}: {median * 1000:.2f} ms, Caddy {other * 1000:.2f} ms: {median / other:.2f}"
        f" (to reach: {most})  {verdict}",
        flush=True,
    )


async def first_of_us(count: int) -> list[float]:
    """Seconds for each name, after one that warmed the way."""
    with tempfile.TemporaryDirectory() as folder, Pebble() as pebble:
        async with furnished(Path(folder), pebble) as running:
            hosts = [
                await running.register(f"shop-{n}.harbour.test", awaited=False) for n in range(count + 1)
            ]
            with _process_tree.on(SERVER_CORE):
                process = Serve(running.config, Path(folder) / "log")
            try:
                process.wait_for("registered with the CA")
                return [await asyncio.to_thread(first_request, running, host) for host in hosts][1:]
            finally:
                process.stop()


def first_of_caddy(count: int, ask: int) -> list[float]:
    """The same, at Caddy."""
    with tempfile.TemporaryDirectory() as folder, Pebble() as pebble:
        caddy = Caddy(Path(folder), pebble, ask)
        try:
            trust = ssl.create_default_context(cadata=pebble.root_pem().decode())
            hosts = [f"shop-{number}.harbour.test" for number in range(count + 1)]
            for host in hosts:
                pebble.add_a(host, "127.0.0.1")
            return [visited(caddy.port, trust, host, request=True) for host in hosts][1:]
        finally:
            caddy.stop()


async def cold_of_us(names: list[Material]) -> tuple[list[float], list[int]]:
    """Seconds for each handshake, and bytes in memory after each tenth of them."""
    with tempfile.TemporaryDirectory() as folder, Pebble() as pebble:
        async with furnished(Path(folder), pebble) as running:
            for first in range(0, len(names), AT_ONCE):
                await running.store.write(put, running, names[first : first + AT_ONCE])
            for host, _, _ in names:
                await running.register(host, pointed=False, awaited=False)
            with _process_tree.on(SERVER_CORE):
                process = Serve(running.config, Path(folder) / "log")
            try:
                return await asyncio.to_thread(in_turn, process, running.https_port, names)
            finally:
                process.stop()


def in_turn(process: Serve, port: int, names: list[Material]) -> tuple[list[float], list[int]]:
    """Visit each name once; look at the memory now and then."""
    seconds, grown = [], []
    trust = client()
    for number, (host, _, _) in enumerate(names, 1):
        seconds.append(visited(port, trust, host))
        if number % (len(names) // 10) == 0:
            grown.append(_process_tree.memory(process.pid))
    return seconds, grown


def put(db: sqlite3.Connection, running: House, some: list[Material]) -> None:
    """Certificates in our store, as if we had got them."""
    vault, now = Vault.from_file(running.settings.master_key_file), datetime.now(UTC)
    for host, chain, key in some:
        sealed = vault.seal(key, host, "1")
        ends = now + timedelta(days=90)
        held = Certificate(Hostname(host), "1", chain.decode(), sealed, running.settings.directory, now, ends)
        certificates.add(db, held, now)


def cold_of_caddy(names: list[Material], ask: int) -> list[float]:
    """The same from Caddy's file storage."""
    with tempfile.TemporaryDirectory() as folder, Pebble() as pebble:
        issuer = f"127.0.0.1-{pebble.directory_url.rpartition(':')[2].replace('/', '-')}"
        for host, chain, key in names:
            place = Path(folder) / "storage" / "certificates" / issuer / host
            place.mkdir(parents=True)
            (place / f"{host}.crt").write_bytes(chain)
            (place / f"{host}.key").write_bytes(key)
            about = {"sans": [host], "issuer_data": {"url": "", "ca": pebble.directory_url, "account": ""}}
            (place / f"{host}.json").write_text(json.dumps(about))
        caddy = Caddy(Path(folder), pebble, ask)
        try:
            trust = client()
            seconds = [visited(caddy.port, trust, host) for host, _, _ in names]
            assert pebble.orders() == 0, "Caddy did not find its certificates"
            return seconds
        finally:
            caddy.stop()


def visited(port: int, trust: ssl.SSLContext, host: str, *, request: bool = False) -> float:
    """Seconds from TCP connect to the end of the handshake, or to the first byte of the answer."""
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with trust.wrap_socket(plain, server_hostname=host) as secure:
            if request:
                secure.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                assert secure.recv(12) == b"HTTP/1.1 200"
            return time.perf_counter() - started


def leaves() -> "itertools.chain[Material]":
    """Certificates of names without end, P-256, of one CA that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    ca, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bench CA")]), datetime.now(UTC)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    def leaf(number: int) -> Material:
        host = f"portal-{number}.customer.test"
        built = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(ca)
            .public_key(key.public_key())
            .serial_number(number + 1)
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
        )
        return host, built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), pem

    return itertools.chain(map(leaf, itertools.count()))


if __name__ == "__main__":
    main()

"""A whole Brassplate in the test's own loop, with a real CA and its DNS; a visitor that speaks TLS to it."""

import asyncio
import contextlib
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp

from edge import main, settings
from edge.settings import Faults, Settings
from store import certificates, domains, issuance, organisations, portals, vault
from store.certificates import Certificate
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.issuance import Standing
from store.organisations import Organisation
from tests.peers.pebble import Pebble

TARGET = Hostname("customers.provider.test")
ADMIN_HOST = Hostname("admin.provider.test")
MISDIRECTED = 421
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class House:
    """A running edge, the store beside it, and what visitors trust."""

    config: Path
    settings: Settings
    bound: main.Bound
    store: Store
    trust: ssl.SSLContext
    organisation: Organisation
    pebble: Pebble | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def https_port(self) -> int:
        return int(self.bound.https[0].rpartition(":")[2])

    @property
    def http_port(self) -> int:
        return int(self.bound.http[0].rpartition(":")[2])

    async def register(
        self, hostname: str, *, pointed: bool = True, upstream: str = "", awaited: bool = True
    ) -> Hostname:
        """Register a name for the organisation, point its CNAME at us, wait until the house has heard of it."""
        if pointed and self.pebble:
            self.pebble.set_cname(hostname, TARGET)
        name = Hostname(hostname)
        destination = Destination(
            hostname=name,
            room=Room.UPSTREAM if upstream else Room.PORTAL,
            organisation_id=self.organisation.id,
            suspended=False,
            upstreams=(upstream,) if upstream else (),
            confirmation=Confirmation.CNAME,
            cname_target=TARGET,
        )
        await self.store.write(domains.add, destination, main.system_clock())
        if awaited:
            await self.until_routed(name)
        return name

    async def until_routed(self, hostname: str, *, gone: bool = False) -> None:
        """Return once the house has taken over that a name was added (or removed): within a second."""
        async with asyncio.timeout(1):
            while ((await self.plain(hostname))[0] == MISDIRECTED) is not gone:
                await asyncio.sleep(0.02)

    async def visit(
        self, hostname: str, path: str = "/sign-in", *, host: str | None = None, source: str = "127.0.0.1"
    ) -> tuple[int, str]:
        """One request on a new TLS connection from `source`: status and body, or the TLS error."""
        reader, writer = await self.connect(hostname, source=source)
        try:
            return await request(reader, writer, host or hostname, path, close=True)
        finally:
            await leave(writer)

    async def connect(self, hostname: str, *, source: str = "127.0.0.1") -> Ends:
        """A new TLS connection whose certificate was verified."""
        return await asyncio.open_connection(
            "127.0.0.1",
            self.https_port,
            ssl=self.trust,
            server_hostname=hostname,
            local_addr=(source, 0),
        )

    async def plain(self, hostname: str, path: str = "/") -> tuple[int, Mapping[str, str], str]:
        """One request on port 80: status, headers, body."""
        url = f"http://127.0.0.1:{self.http_port}{path}"
        async with (
            aiohttp.ClientSession(headers={"Host": hostname}) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            return response.status, response.headers, await response.text()

    async def standing(self, hostname: str) -> Standing:
        """What the store knows about a name's issuance."""
        return await self.store.read(issuance.standing, Hostname(hostname))

    async def certificate(self, hostname: str) -> Certificate | None:
        """The certificate that stands in the store."""
        return await self.store.read(certificates.standing, Hostname(hostname), main.system_clock())

    async def alert(self, hostname: str, *, source: str = "127.0.0.1") -> str:
        """The reason of the alert that ends a handshake; empty where it succeeds."""
        try:
            _ = await self.visit(hostname, source=source)
        except ssl.SSLError as error:
            return str(error.reason)
        except ConnectionError:
            return "connection lost"
        return ""

    def command(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run `brassplate` as an operator does: another process on the same store."""
        return subprocess.run(
            [sys.executable, "-m", "edge", *arguments, "--config", str(self.config)],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


async def leave(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever state it is in."""
    writer.close()
    with contextlib.suppress(OSError, ssl.SSLError):
        await writer.wait_closed()


def serial(writer: asyncio.StreamWriter) -> str:
    """The serial number of the certificate that a connection was opened with, as the store writes it."""
    return f"{int(writer.get_extra_info('peercert')['serialNumber'], 16):x}"


async def request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, path: str, *, close: bool = False
) -> tuple[int, str]:
    """One HTTP/1.1 GET on an open connection; the body by its Content-Length, or to the end."""
    connection = "close" if close else "keep-alive"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: {connection}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lengths = [
        line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length:")
    ]
    body = await reader.readexactly(int(lengths[0])) if lengths else await reader.read()
    return int(head.split()[1]), body.decode()


@contextlib.asynccontextmanager
async def house(folder: Path, pebble: Pebble | None = None, **keys: dict[str, Any]) -> AsyncIterator[House]:
    """Start a house on free ports (those that the CA asks, where there is one) and take it down at the end."""
    async with furnished(folder, pebble, **keys) as dark:
        ready = asyncio.get_running_loop().create_future()
        running = asyncio.get_running_loop().create_task(main.run(dark.settings, dark.stop, ready.set_result))
        try:
            _ = await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            trust = dark.trust if pebble else trusting(dark.settings.root_file.read_bytes())
            yield replace(dark, bound=await ready, trust=trust)
        finally:
            dark.stop.set()
            await running


@contextlib.asynccontextmanager
async def furnished(
    folder: Path, pebble: Pebble | None = None, **keys: dict[str, Any]
) -> AsyncIterator[House]:
    """A house with its configuration and an organisation in its store, where nobody serves yet."""
    config = folder / "brassplate.toml"
    write_config(config, pebble, **keys)
    found = settings.load(config, {})
    assert not isinstance(found, Faults), str(found)
    store = await Store.open(found.store_path)
    try:
        organisation = await store.read(organisations.by_slug, "harbour")
        if organisation is None:
            organisation = await store.write(
                organisations.add, "harbour", "Harbour Telecom", main.system_clock()
            )
            await store.write(portals.set_enabled, organisation.id, True, main.system_clock())
        trust = trusting(pebble.root_pem()) if pebble else ssl.create_default_context()
        yield House(config, found, main.Bound(found.https, found.http), store, trust, organisation, pebble)
    finally:
        await store.close()


def trusting(root_pem: bytes) -> ssl.SSLContext:
    """What a visitor has who trusts this root."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=root_pem.decode())
    return context


def write_config(config: Path, pebble: Pebble | None, **keys: dict[str, Any]) -> None:
    """A configuration on loopback: Pebble's ports and DNS, or the local CA."""
    folder = config.parent
    (folder / "var").mkdir(exist_ok=True)
    if not (folder / "var" / "master.key").exists():
        vault.write_new_key(folder / "var" / "master.key")
    sections: dict[str, dict[str, Any]] = {
        "edge": {
            "https": [f"127.0.0.1:{pebble.tls_port if pebble else 0}"],
            "http": [f"127.0.0.1:{pebble.http_port if pebble else 0}"],
            "admin_host": ADMIN_HOST,
            "cname_target": TARGET,
            "addresses": ["127.0.0.1"],
            "drain_seconds": 10,
        },
        "operator": {"name": "Provider", "support_email": "help@provider.test"},
        "log": {"format": "text", "access": False},
    }
    if pebble:
        root = folder / "pebble-root.pem"
        root.write_bytes(pebble.root_pem())
        sections["edge"] |= {"public_https_port": pebble.tls_port, "public_http_port": pebble.http_port}
        sections["acme"] = {
            "directory": pebble.directory_url,
            "contact": "ops@provider.test",
            "agree_terms": True,
            "ca_file": str(pebble.ca_file),
            "trust_file": str(root),
            "limits": ["none"],
        }
        sections["dns"] = {"resolvers": ["{}:{}".format(*pebble.dns_address)]}
    else:
        sections["issuer"] = {"kind": "local"}
    for section, values in keys.items():
        sections[section] = sections.get(section, {}) | values
    config.write_text("\n".join(_section(name, values) for name, values in sections.items()))


def _section(name: str, values: dict[str, Any]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'

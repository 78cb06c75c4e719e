"""The CA, the DNS, the disk, the mail server and an upstream fail, in turn and together: who is known is served
throughout, newcomers are told, and afterwards all goes on without a restart."""

import asyncio
import contextlib
import resource
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from edge.main import system_clock
from store import outbox
from store.hostname import Hostname
from store.outbox import Message, Purpose
from tests.e2e.house import House, furnished, leave
from tests.e2e.serving import Serve
from tests.peers.dns_relay import DnsRelay
from tests.peers.mail_server import mail_server
from tests.peers.pebble import Pebble
from tests.peers.ports import free_port

PORTAL, SHOP = "billing.harbour.test", "shop.harbour.test"
NEWCOMERS = {fault: f"{fault}.harbour.test" for fault in ("ca", "dns", "disk", "together")}
RELAY = "127.0.0.54"
HANGING = 10
LONGEST_SECONDS = 2.0
"""Of a visit to a name that is known, whatever else goes on."""
MAIL = Message(
    Purpose.TEST, "c@harbour.example", "M <post@provider.example>", "", "Subject", "text", "<p>x</p>"
)


@dataclass
class Upstream:
    """Answers at once, or not at all on /hang."""

    hanging: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                if head.startswith(b"GET /hang"):
                    self.hanging.append(writer)
                    await reader.read()
                    break
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nshop")
        writer.close()


@dataclass
class Town:
    """A house in a process of its own, and what it depends on."""

    running: House
    pebble: Pebble
    worker: int
    relay: DnsRelay

    @contextlib.contextmanager
    def fails(self, fault: str) -> Iterator[None]:
        """One of them does not work meanwhile."""
        breaks, mends = {
            "ca": (self.pebble.kill, self._ca_is_back),
            "dns": (lambda: self.relay.__exit__(), self._dns_is_back),
            "disk": (lambda: self._largest_file(0), lambda: self._largest_file(resource.RLIM_INFINITY)),
        }[fault]
        breaks()
        try:
            yield
        finally:
            mends()

    async def known_are_served(self) -> None:
        """Both, by new connections, and fast."""
        for name, path in ((PORTAL, "/sign-in"), (SHOP, "/")):
            began = time.monotonic()
            assert (await self.running.visit(name, path))[0] == 200
            assert time.monotonic() - began < LONGEST_SECONDS

    async def newcomer_is_served(self, name: str) -> None:
        async with asyncio.timeout(30):
            while await self.running.alert(name):
                await asyncio.sleep(0.3)

    def _ca_is_back(self) -> None:
        self.pebble.restart()
        self.running.trust.load_verify_locations(cadata=self.pebble.root_pem().decode())

    def _dns_is_back(self) -> None:
        self.relay = relay(self.pebble).__enter__()

    def _largest_file(self, size: int) -> None:
        """No file of the house may grow beyond it: writes fail as on a broken disk."""
        _, hard = resource.prlimit(self.worker, resource.RLIMIT_FSIZE)
        resource.prlimit(self.worker, resource.RLIMIT_FSIZE, (size, hard))


@contextlib.asynccontextmanager
async def town(folder: Path, pebble: Pebble, mail_port: int) -> AsyncIterator[Town]:
    upstream = Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    dns, mail = {"resolvers": [f"{RELAY}:{pebble.dns_address[1]}"]}, {"smtp": f"smtp://127.0.0.1:{mail_port}"}
    async with furnished(folder, pebble, dns=dns, mail=mail) as running:
        for name in (PORTAL, *NEWCOMERS.values()):
            await running.register(name, awaited=False)
        await running.register(SHOP, upstream=url, awaited=False)
        process = await asyncio.to_thread(Serve, running.config, folder / "serve.log")
        [worker] = children(process.pid)
        here = Town(running, pebble, worker, relay(pebble).__enter__())
        try:
            yield here
            assert len(process.fields("process serves")) == 1, "it had to be restarted"
        finally:
            here.relay.__exit__()
            process.kill()
            for writer in upstream.hanging:
                writer.transport.abort()
            server.close()


def relay(pebble: Pebble) -> DnsRelay:
    """The resolver that the house has; Pebble asks its DNS without it."""
    return DnsRelay(RELAY, *pebble.dns_address, delay=0.0)


async def test_known_names_are_served_whatever_fails(tmp_path: Path, pebble: Pebble) -> None:
    mail_port = free_port()
    async with town(tmp_path, pebble, mail_port) as here:
        await here.known_are_served()
        for fault in ("ca", "dns", "disk"):
            with here.fails(fault):
                assert await here.running.alert(NEWCOMERS[fault]) != ""
                await here.known_are_served()
            if fault != "ca":  # one that the CA failed waits for its minute
                await here.newcomer_is_served(NEWCOMERS[fault])
        await here.running.store.write(outbox.put, here.running.organisation.id, MAIL, system_clock())
        with here.fails("ca"), here.fails("dns"), here.fails("disk"):
            hanging = [await hang(here.running) for _ in range(HANGING)]
            told = asyncio.create_task(here.running.alert(NEWCOMERS["together"]))
            await here.known_are_served()
            assert await told != ""
            await here.known_are_served()
        async with mail_server(tmp_path, port=mail_port) as server, asyncio.timeout(60):
            await here.newcomer_is_served(NEWCOMERS["together"])
            while not server.received:
                await asyncio.sleep(0.1)
        await here.known_are_served()
        for writer in hanging:
            await leave(writer)


async def hang(running: House) -> asyncio.StreamWriter:
    """A visitor whose upstream does not answer."""
    _, writer = await running.connect(Hostname(SHOP))
    writer.write(f"GET /hang HTTP/1.1\r\nHost: {SHOP}\r\n\r\n".encode())
    return writer


def children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

"""A pump on a real socket, and clients to try it with."""

import asyncio
import socket
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from edge.listener import Listener
from edge.sni.client_hello import ClientHello
from edge.tls.contexts import server_context
from edge.tls.terms import Accept, Arrival, Decision, Limits, Policy, ProtocolFactory
from store.hostname import Hostname
from tests.fakes.self_signed import self_signed

NAME = Hostname("billing.customer.example")
QUICK = Limits(
    hello_seconds=0.2, wait_seconds=0.2, handshake_seconds=0.2, linger_seconds=0.2, stalled_seconds=0.3
)


def context() -> ssl.SSLContext:
    return server_context(*self_signed(NAME))


def accept(factory: ProtocolFactory | None, **more: object) -> Accept:
    return Accept(context(), factory, NAME, **more)  # type: ignore[arg-type]


def always(decision: Decision | Awaitable[Decision]) -> Policy:
    """A policy with one answer for all."""
    return lambda hello, arrival: decision


@asynccontextmanager
async def pump(
    policy: Policy, *, limits: Limits | None = None, **more: Any
) -> AsyncIterator[tuple[Listener, int]]:
    """A listener and its port."""
    listener = Listener(policy, limits=limits, **more)
    [address] = await listener.start(["127.0.0.1:0"])
    try:
        async with asyncio.timeout(20):
            yield listener, int(address.rpartition(":")[2])
    finally:
        await listener.close()


@asynccontextmanager
async def serving(
    factory: ProtocolFactory | None, *, limits: Limits | None = None, **more: Any
) -> AsyncIterator[int]:
    """The port of a pump that gives every connection to this protocol."""
    async with pump(always(accept(factory)), limits=limits, **more) as (_, port):
        yield port


def client_context(alpn: tuple[str, ...] = ("http/1.1",), *, tls_1_2: bool = False) -> ssl.SSLContext:
    made = ssl.create_default_context(cadata=self_signed(NAME)[0].decode())
    made.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # an end without close_notify is an error
    if alpn:
        made.set_alpn_protocols(list(alpn))
    if tls_1_2:
        made.maximum_version = ssl.TLSVersion.TLSv1_2
    return made


class Client:
    """A blocking TLS client; each call is made in a thread of its own."""

    def __init__(
        self, port: int, *, tls: ssl.SSLContext | None = None, name: str = NAME, buffer: int = 0
    ) -> None:
        self._port = port
        self._tls = tls or client_context()
        self._name = name
        self._buffer = buffer

    async def __aenter__(self) -> "Client":
        self.socket = await asyncio.to_thread(self._connect)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await asyncio.to_thread(self.socket.close)

    async def send(self, data: bytes) -> None:
        await asyncio.to_thread(self.socket.sendall, data)

    async def receive(self, size: int) -> bytes:
        """So many bytes, or fewer when the server ends."""
        return await asyncio.to_thread(self._receive, size)

    async def end(self) -> None:
        """Send close_notify and wait for the server's."""
        await asyncio.to_thread(self.socket.unwrap)

    async def send_raw(self, data: bytes) -> None:
        """Past TLS."""
        await asyncio.to_thread(socket.socket.send, self.socket, data)

    async def drop(self) -> None:
        """End the TCP stream without close_notify."""
        await asyncio.to_thread(socket.socket.shutdown, self.socket, socket.SHUT_WR)

    def reset_on_close(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _connect(self) -> ssl.SSLSocket:
        plain = socket.socket()
        if self._buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)
        plain.settimeout(10)
        plain.connect(("127.0.0.1", self._port))
        return self._tls.wrap_socket(plain, server_hostname=self._name, suppress_ragged_eofs=False)

    def _receive(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size and (data := self.socket.recv(min(65_536, size - len(received)))):
            received += data
        return bytes(received)


async def raw_exchange(port: int, *sent: bytes, end: bool = False) -> bytes:
    """What the server answers to these segments until it closes; OSError when it resets."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for segment in sent:
            writer.write(segment)
            await writer.drain()
            await asyncio.sleep(0)
        if end:
            writer.write_eof()
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


async def run(*command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """A program, away from the loop."""
    return await asyncio.to_thread(
        subprocess.run, command, input=given, capture_output=True, text=True, timeout=20, check=False
    )


async def s_client(port: int, *options: str, name: str = NAME) -> str:
    """What `openssl s_client` says, both streams."""
    done = await run("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", name, *options)
    return done.stdout + done.stderr


@dataclass(eq=False)
class Recorder(asyncio.Protocol):
    """An application protocol that keeps what happens to it, in order."""

    keep_open: bool = False
    pause: bool = False
    """Pause reading with the first data."""
    calls: list[str] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)
    sizes: list[int] = field(default_factory=list)
    made: asyncio.Event = field(default_factory=asyncio.Event)
    got_data: asyncio.Event = field(default_factory=asyncio.Event)
    got_eof: asyncio.Event = field(default_factory=asyncio.Event)
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    resumed: asyncio.Event = field(default_factory=asyncio.Event)
    error: BaseException | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.calls.append("made")
        self.made.set()

    def data_received(self, data: bytes) -> None:
        self.received += data
        self.sizes.append(len(data))
        if self.pause:
            self.pause = False
            self.transport.pause_reading()
        self.got_data.set()

    def eof_received(self) -> bool:
        self.calls.append("eof")
        self.got_eof.set()
        return self.keep_open

    def connection_lost(self, exc: BaseException | None) -> None:
        self.calls.append("lost")
        self.error = exc
        self.lost.set()

    def pause_writing(self) -> None:
        self.calls.append("pause")
        self.resumed.clear()

    def resume_writing(self) -> None:
        self.calls.append("resume")
        self.resumed.set()


class Echo(asyncio.Protocol):
    """Sends back what it gets."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


def count_asks(seen: list[ClientHello], decision: Decision) -> Policy:
    """As `always`, and remembers each hello."""

    def policy(hello: ClientHello, arrival: Arrival) -> Decision:
        seen.append(hello)
        return decision

    return policy


Waiting = Callable[[], Awaitable[Decision]]

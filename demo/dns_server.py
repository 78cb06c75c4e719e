"""DnsServer: the zone on loopback, over UDP and TCP on one port."""

import asyncio
import logging
import struct

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from demo.questions import Question, Questions
from demo.zone import PAYLOAD, Zone
from store import hostname

log = logging.getLogger(__name__)
TCP_IDLE_SECONDS = 5.0
MAX_TCP = 100
_HEADER = 12
_PLAIN_UDP = 512
_PORT_TRIES = 20


class DnsServer:
    """Answers from a zone until closed; `questions` tells what it was asked."""

    def __init__(self, zone: Zone) -> None:
        self.questions = Questions()
        self._zone = zone
        self._tcp: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> tuple[str, int]:
        """Listen, and say where; port 0 takes one that is free for both transports."""
        for tries_left in reversed(range(_PORT_TRIES)):
            self._tcp = await asyncio.start_server(self._converse, host, port)
            bound: int = self._tcp.sockets[0].getsockname()[1]
            try:
                self._udp = await self._bind_udp(host, bound)
            except OSError:
                self._tcp.close()
                if port or not tries_left:
                    raise
            else:
                return host, bound
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Stop listening and drop what is open."""
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
            for writer in list(self._connections):
                writer.transport.abort()
            await self._tcp.wait_closed()
        # asyncio closes sockets one turn of the loop later
        await asyncio.sleep(0)

    def respond(self, wire: bytes, limit: int | None = None) -> bytes | None:
        """The reply to one message, within `limit` bytes or what EDNS allows; None to say nothing."""
        if len(wire) < _HEADER or wire[2] & 0x80:
            return None  # no header, or itself a reply: answering could start a ping-pong
        try:
            query = dns.message.from_wire(wire)
            reply = self._zone.answer(query)
        except (dns.exception.DNSException, ValueError):
            return _malformed(wire)
        self._note(query, reply)
        if reply is None:
            return None
        return reply.to_wire(max_size=limit or _datagram_limit(query), prefer_truncation=True)

    def _note(self, query: dns.message.Message, reply: dns.message.Message | None) -> None:
        for rrset in query.question:
            name = rrset.name.to_text(omit_final_dot=True).lower()
            domain = hostname.canonical(hostname.registered_domain(hostname.Hostname(name)) or "")
            outcome = dns.rcode.to_text(reply.rcode()) if reply else "silent"
            self.questions.note(Question(name, dns.rdatatype.to_text(rrset.rdtype), domain, outcome))

    async def _bind_udp(self, host: str, port: int) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=(host, port))
        return transport

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            if len(self._connections) <= MAX_TCP:
                await self._answer_all(reader, writer)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away or said nothing more
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(TCP_IDLE_SECONDS):
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                wire = await reader.readexactly(length)
            reply = self.respond(wire, limit=65535)
            if reply is not None:
                writer.write(struct.pack("!H", len(reply)) + reply)
                await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._server.respond(data)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)

    def error_received(self, exc: Exception) -> None:
        log.debug("a client's port is closed", extra={"error": repr(exc)})


def _datagram_limit(query: dns.message.Message) -> int:
    return max(_PLAIN_UDP, min(query.payload, PAYLOAD)) if query.edns >= 0 else _PLAIN_UDP


def _malformed(wire: bytes) -> bytes:
    """FORMERR with the client's id and opcode, and nothing of what could not be read (RFC 1035 4.1.1)."""
    return wire[:2] + bytes([0x80 | (wire[2] & 0x79), dns.rcode.FORMERR]) + bytes(8)

"""The DNS server against a real client (kdig) and against garbage."""

import asyncio
import socket
from collections.abc import AsyncIterator

import dns.asyncquery
import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.dns_server import DnsServer
from demo.records import Record
from demo.zone import Fault, Zone
from store.hostname import Hostname

TARGET = "customers.brassplate.localhost"


class Served:
    def __init__(self, zone: Zone, server: DnsServer, port: int) -> None:
        self.zone, self.server, self.port = zone, server, port


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    zone = Zone({TARGET: ["127.0.0.1"]})
    zone.add(Record("billing.foo.com", "CNAME", TARGET + "."))
    server = DnsServer(zone)
    _, port = await server.start()
    yield Served(zone, server, port)
    await server.close()


async def kdig(port: int, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "kdig", "@127.0.0.1", "-p", str(port), *arguments, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode()


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
async def test_kdig_reads_the_chain_when_it_asks(served: Served, transport: str) -> None:
    output = await kdig(served.port, transport, "+short", "billing.foo.com", "A")
    assert output.split() == [TARGET + ".", "127.0.0.1"]


async def test_kdig_turns_to_tcp_when_the_answer_is_too_long(served: Served) -> None:
    served.zone.add(Record("long.foo.com", "TXT", " ".join(f'"{"x" * 250}"' for _ in range(6))))
    output = await kdig(served.port, "long.foo.com", "TXT")
    assert output.count("x" * 250) == 6 and "(TCP)" in output


async def test_reply_is_truncated_over_the_size_the_client_takes(served: Served) -> None:
    served.zone.add(Record("long.foo.com", "TXT", " ".join(f'"{"x" * 200}"' for _ in range(4))))
    plain = dns.message.make_query("long.foo.com", "TXT", use_edns=False)
    wide = dns.message.make_query("long.foo.com", "TXT", payload=1232)
    replies = [await dns.asyncquery.udp(q, "127.0.0.1", 2, port=served.port) for q in (plain, wide)]
    assert [bool(reply.flags & dns.flags.TC) for reply in replies] == [True, False]


async def test_garbage_is_dropped_or_called_malformed(served: Served) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", served.port))
        await loop.sock_sendall(client, b"hello")
        await loop.sock_sendall(client, b"\x12\x34\x81\x80" + bytes(8))
        await loop.sock_sendall(client, b"\x56\x78\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xff")
        reply = dns.message.from_wire(await asyncio.wait_for(loop.sock_recv(client, 512), 2))
    assert (reply.id, reply.rcode()) == (0x5678, dns.rcode.FORMERR)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_server(wire: bytes) -> None:
    DnsServer(Zone({})).respond(wire)


async def test_several_questions_go_over_one_tcp_connection(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    for number in range(3):
        wire = dns.message.make_query("billing.foo.com", "CNAME", id=number).to_wire()
        writer.write(len(wire).to_bytes(2) + wire)
        reply = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
        assert dns.message.from_wire(reply).id == number
    writer.close()
    await writer.wait_closed()


async def test_silent_domain_gets_no_reply_but_is_noted(served: Served) -> None:
    served.zone.set_fault(Hostname("foo.com"), Fault.SILENT)
    query = dns.message.make_query("billing.foo.com", "A")
    with pytest.raises(dns.exception.Timeout):
        await dns.asyncquery.udp(query, "127.0.0.1", 0.2, port=served.port)
    assert served.server.questions.recent[-1].outcome == "silent"


async def test_questions_are_counted_by_name_and_type(served: Served) -> None:
    for kind in ("A", "A", "CAA"):
        query = dns.message.make_query("_acme-challenge.Billing.foo.com", kind)
        await dns.asyncquery.udp(query, "127.0.0.1", 2, port=served.port)
    questions = served.server.questions
    assert questions.counted()["_acme-challenge.billing.foo.com", "A"] == 2
    assert (questions.total, questions.domains()) == (3, ["foo.com"])
    [(latest, _), (_, times)] = questions.about(Hostname("foo.com"), 10)
    assert (latest.type, times) == ("CAA", 2)


async def test_given_port_that_is_taken_is_an_error(served: Served) -> None:
    with pytest.raises(OSError):
        await DnsServer(Zone({})).start(served.port)

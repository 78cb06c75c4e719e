import asyncio
import hashlib
import inspect
import ssl
from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography import x509

from edge.sni.alerts import Alert
from edge.sni.client_hello import ClientHello
from edge.tls.acme.challenges import ACME_IDENTIFIER
from edge.tls.admission import Admission
from edge.tls.contexts import server_context
from edge.tls.gate import Denied
from edge.tls.strangers import StrangerCount
from edge.tls.terms import Accept, Arrival, Decision, Refuse
from store import challenges
from store.destination import Destination
from store.hostname import Hostname
from tests.edge.tls.processes import SHOP, Process, World
from tests.edge.tls.pump import Recorder
from tests.fakes.self_signed import self_signed

STRANGER = "stranger.example"
CHALLENGE = (b"acme-tls/1",)
ARRIVAL = Arrival("192.0.2.9", 7.0)


class Held:
    """Contexts: one in memory, or one that comes later."""

    def __init__(self) -> None:
        self.in_memory: ssl.SSLContext | None = None
        self.later: ssl.SSLContext | Denied = Denied("ca:dns")
        self.asked: list[Hostname] = []
        self.validations: list[tuple[Hostname, str]] = []

    def ready(self, hostname: Hostname) -> ssl.SSLContext | None:
        return self.in_memory

    async def context_for(self, hostname: Hostname, *, came_at: float) -> ssl.SSLContext | Denied:
        self.asked.append(hostname)
        assert came_at == ARRIVAL.at
        await asyncio.sleep(0)
        return self.later

    def saw(self, hostname: Hostname, what: str) -> None:
        self.validations.append((hostname, what))


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def context() -> ssl.SSLContext:
    return server_context(*self_signed(SHOP))


@pytest.fixture
def strangers(our_world: World) -> StrangerCount:
    return StrangerCount(our_world.clock)


@pytest.fixture
def admission(our_world: World, ours: Process, held: Held, strangers: StrangerCount) -> Admission:
    def room(destination: Destination) -> type[Recorder]:
        return Recorder

    return Admission(ours.store, our_world.clock, our_world.routes.get, held, room, strangers)


def hello(name: str | None = SHOP, alpn: tuple[bytes, ...] = (b"h2", b"http/1.1")) -> ClientHello:
    return ClientHello(name, alpn, (0x0304,), 500, 1)


async def decided(admission: Admission, asked: ClientHello) -> Decision:
    found = admission(asked, ARRIVAL)
    return await found if inspect.isawaitable(found) else found


def leaf_of(context: ssl.SSLContext) -> x509.Certificate:
    """The certificate that a context sends, by a handshake in memory."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_alpn_protocols(["acme-tls/1"])
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there, server_hostname=STRANGER)
    answering = context.wrap_bio(there, back, server_side=True)
    for side in (asking, answering, asking, answering):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    der = asking.getpeercert(binary_form=True)
    assert der and asking.selected_alpn_protocol() == "acme-tls/1"
    return x509.load_der_x509_certificate(der)


@pytest.mark.parametrize("name", [None, "", STRANGER, "192.0.2.1", "bad name", "shop.customer.example.evil"])
async def test_unknown_name_is_refused_at_once_and_counted(
    admission: Admission, held: Held, strangers: StrangerCount, name: str | None
) -> None:
    found = admission(hello(name), ARRIVAL)
    assert isinstance(found, Refuse) and found.alert is Alert.UNRECOGNIZED_NAME
    assert held.asked == []
    assert strangers.seen().refused == 1


@pytest.mark.parametrize("name", [SHOP, SHOP.upper(), f"{SHOP}."])
async def test_name_in_memory_is_let_in_at_once(
    admission: Admission, held: Held, context: ssl.SSLContext, name: str
) -> None:
    held.in_memory = context
    assert admission(hello(name), ARRIVAL) == Accept(context, Recorder, SHOP, room="portal")


async def test_certificate_on_its_way_is_awaited(
    admission: Admission, held: Held, context: ssl.SSLContext
) -> None:
    held.later = context
    assert await decided(admission, hello()) == Accept(context, Recorder, SHOP, room="portal")
    assert held.asked == [SHOP]


async def test_refused_certificate_is_an_internal_error(admission: Admission) -> None:
    assert await decided(admission, hello()) == Refuse(Alert.INTERNAL_ERROR, "ca:dns")


async def test_challenge_is_answered_from_the_store(
    our_world: World, ours: Process, admission: Admission, held: Held
) -> None:
    ends_at = our_world.clock() + timedelta(hours=1)
    await ours.store.write(challenges.put, Hostname(STRANGER), "tls-alpn-01", "token", "token.print", ends_at)
    found = await decided(admission, hello(STRANGER, CHALLENGE))
    assert isinstance(found, Accept) and (found.protocol_factory, found.alpn) == (None, CHALLENGE)
    extension = leaf_of(found.context).extensions.get_extension_for_oid(ACME_IDENTIFIER).value
    assert extension.public_bytes().endswith(hashlib.sha256(b"token.print").digest())
    assert held.validations == [(STRANGER, "tls-alpn-01 asked by 192.0.2.9")]


async def test_challenge_without_an_order_is_refused(admission: Admission) -> None:
    found = await decided(admission, hello(SHOP, CHALLENGE))
    assert isinstance(found, Refuse) and found.alert is Alert.UNRECOGNIZED_NAME


async def test_challenge_beside_other_protocols_is_an_ordinary_visit(
    admission: Admission, held: Held, context: ssl.SSLContext
) -> None:
    held.in_memory = context
    asked = hello(SHOP, (*CHALLENGE, b"http/1.1"))
    assert admission(asked, ARRIVAL) == Accept(context, Recorder, SHOP, room="portal")

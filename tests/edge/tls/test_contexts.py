"""Contexts: what they offer to real peers, and which one stands for a name."""

import asyncio
import ssl
import threading

import pytest

from edge.tls.contexts import ACME_TLS, Contexts, challenge_context, server_context
from edge.tls.groups import restrict_groups
from edge.tls.terms import Accept
from store.hostname import Hostname
from tests.edge.tls.pump import NAME, Echo, always, client_context, pump, s_client
from tests.edge.tls.pump import accept as accepting
from tests.fakes.self_signed import self_signed

OTHER = Hostname("other.customer.example")


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """Both ends after a handshake in memory."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(down, up, server_hostname=NAME),
        server.wrap_bio(up, down, server_side=True),
    )
    for _ in range(3):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
    return ends


def test_certificate_and_http_1_1_are_offered() -> None:
    client, server = handshake(server_context(*self_signed(NAME)), client_context(("h2", "http/1.1")))
    assert client.getpeercert()
    assert server.selected_alpn_protocol() == "http/1.1"
    assert client.version() == "TLSv1.3"


def test_tls_1_2_has_forward_secrecy_and_aead() -> None:
    _, server = handshake(server_context(*self_signed(NAME)), client_context(tls_1_2=True))
    cipher = server.cipher()
    assert cipher is not None
    assert cipher[0].startswith("ECDHE-ECDSA-")
    assert "GCM" in cipher[0] or "CHACHA20" in cipher[0]


def test_only_mozilla_intermediate_suites_are_on() -> None:
    names = {suite["name"] for suite in server_context(*self_signed(NAME)).get_ciphers()}
    assert len(names) == 9
    assert all("GCM" in name or "CHACHA20" in name for name in names)


def test_compression_and_renegotiation_are_off() -> None:
    options = server_context(*self_signed(NAME)).options
    assert options & ssl.OP_NO_COMPRESSION
    assert options & ssl.OP_NO_RENEGOTIATION


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [
        ("CHACHA20-POLY1305:AES128-GCM-SHA256", "CHACHA20-POLY1305"),
        ("AES256-GCM-SHA384:CHACHA20-POLY1305:AES128-GCM-SHA256", "AES128-GCM-SHA256"),
    ],
)
def test_our_order_counts_but_for_a_client_that_wants_chacha20_first(offered: str, agreed: str) -> None:
    client = client_context(tls_1_2=True)
    client.set_ciphers(":".join(f"ECDHE-ECDSA-{suite}" for suite in offered.split(":")))
    _, server = handshake(server_context(*self_signed(NAME)), client)
    assert (server.cipher() or ("",))[0] == f"ECDHE-ECDSA-{agreed}"


def test_tickets_are_as_many_as_asked() -> None:
    assert server_context(*self_signed(NAME)).num_tickets == 1
    assert server_context(*self_signed(NAME), tickets=0).num_tickets == 0


def test_challenge_context_speaks_acme_alone() -> None:
    _, server = handshake(challenge_context(*self_signed(NAME)), client_context((ACME_TLS,)))
    assert server.selected_alpn_protocol() == ACME_TLS


def test_key_of_another_certificate_is_refused() -> None:
    with pytest.raises(ssl.SSLError):
        server_context(self_signed(NAME)[0], self_signed(OTHER)[1])


def test_groups_can_be_restricted_here() -> None:
    assert restrict_groups(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384"])
async def test_groups_of_the_profile_are_taken(group: str) -> None:
    async with pump(always(accepting(Echo))) as (_, port):
        assert "Verification" in await s_client(port, "-groups", group)


@pytest.mark.parametrize("group", ["X448", "P-521"])
async def test_groups_outside_the_profile_are_refused(group: str) -> None:
    async with pump(always(accepting(Echo))) as (_, port):
        assert "alert handshake failure" in await s_client(port, "-groups", group)


async def test_ticket_of_one_name_is_no_good_for_another() -> None:
    contexts = {name: server_context(*self_signed(NAME, OTHER)) for name in (NAME, OTHER)}
    client = ssl.create_default_context(cadata=self_signed(NAME, OTHER)[0].decode())
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    first, _ = handshake(contexts[NAME], client)
    down, up = ssl.MemoryBIO(), ssl.MemoryBIO()
    again = client.wrap_bio(down, up, server_hostname=NAME, session=first.session)
    server = contexts[OTHER].wrap_bio(up, down, server_side=True)
    for _ in range(3):
        for end in (again, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
    assert again.session_reused is False


class Builder:
    """Counts the contexts it builds; may hold them back."""

    def __init__(self) -> None:
        self.built = 0
        self.go = threading.Event()
        self.go.set()
        self.threads: set[int] = set()

    def __call__(self, chain_pem: bytes, key_pem: bytes) -> ssl.SSLContext:
        self.go.wait(10)
        self.built += 1
        self.threads.add(threading.get_ident())
        return server_context(chain_pem, key_pem)


async def test_loaded_context_is_there_at_once() -> None:
    contexts = Contexts()
    assert contexts.get(NAME) is None
    loaded = await contexts.load(NAME, "1", *self_signed(NAME))
    assert contexts.get(NAME) is loaded
    assert contexts.serial(NAME) == "1"


async def test_context_is_built_once_off_the_loop_however_many_ask() -> None:
    build = Builder()
    contexts = Contexts(build=build)
    loaded = await asyncio.gather(*(contexts.load(NAME, "1", *self_signed(NAME)) for _ in range(5)))
    assert len(set(map(id, loaded))) == 1
    assert build.built == 1
    assert threading.get_ident() not in build.threads
    assert await contexts.load(NAME, "1", *self_signed(NAME)) is loaded[0]
    assert build.built == 1


async def test_renewal_swaps_and_the_old_one_serves_until_then() -> None:
    build = Builder()
    contexts = Contexts(build=build)
    old = await contexts.load(NAME, "1", *self_signed(NAME))
    build.go.clear()
    renewal = asyncio.create_task(contexts.load(NAME, "2", *self_signed(NAME, serial=2)))
    await asyncio.sleep(0)
    assert contexts.get(NAME) is old
    build.go.set()
    new = await renewal
    assert contexts.get(NAME) is new is not old


async def test_later_load_wins_over_an_earlier_one() -> None:
    contexts = Contexts()
    both = await asyncio.gather(
        contexts.load(NAME, "1", *self_signed(NAME)), contexts.load(NAME, "2", *self_signed(NAME, serial=2))
    )
    assert contexts.get(NAME) is both[1]
    assert contexts.serial(NAME) == "2"


async def test_dropped_name_stays_dropped_while_its_context_is_built() -> None:
    contexts = Contexts()
    load = asyncio.create_task(contexts.load(NAME, "1", *self_signed(NAME)))
    await asyncio.sleep(0)
    contexts.drop(NAME)
    assert isinstance(await load, ssl.SSLContext)
    assert contexts.get(NAME) is None


async def test_who_stops_waiting_does_not_stop_the_build() -> None:
    contexts = Contexts()
    impatient = asyncio.create_task(contexts.load(NAME, "1", *self_signed(NAME)))
    await asyncio.sleep(0)
    patient = asyncio.create_task(contexts.load(NAME, "1", *self_signed(NAME)))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient is contexts.get(NAME)


async def test_unused_longest_goes_first() -> None:
    contexts = Contexts(bound=2)
    names = [Hostname(f"{label}.example") for label in "abc"]
    for name in names[:2]:
        await contexts.load(name, "1", *self_signed(NAME))
    contexts.get(names[0])
    await contexts.load(names[2], "1", *self_signed(NAME))
    assert [contexts.get(name) is not None for name in names] == [True, False, True]
    assert len(contexts) == 2


async def test_failed_build_leaves_the_old_one() -> None:
    contexts = Contexts()
    old = await contexts.load(NAME, "1", *self_signed(NAME))
    with pytest.raises(ssl.SSLError):
        await contexts.load(NAME, "2", self_signed(NAME)[0], self_signed(OTHER)[1])
    assert contexts.get(NAME) is old


def test_accept_offers_http_1_1_unless_told() -> None:
    assert Accept(server_context(*self_signed(NAME)), None, NAME).alpn == (b"http/1.1",)

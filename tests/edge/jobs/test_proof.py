"""The prover and the answer of a real listener, with certificates of a local CA, on several loopback addresses."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization

from edge.jobs.proof import MAX_ADDRESSES, Prover
from edge.listener import Listener
from edge.routing import proof
from edge.tls import local_ca
from edge.tls.contexts import server_context
from edge.tls.csr import new_key, signing_request
from edge.tls.terms import Accept
from store.hostname import Hostname
from store.proof import NotProved, Proved
from tests.edge.tls.pump import always
from tests.peers.ports import free_port

LOOPS = ("asyncio", "uvloop")
SHOP = Hostname("shop.customer.example")
KEY, OTHER_KEY = b"ours" * 8, b"other" * 8
FIRST, SECOND = "127.0.0.1", "127.0.0.2"


def new_root() -> local_ca.Root:
    return local_ca.load_root(*local_ca.make_root(datetime.now(UTC), name="a test's root"))


@dataclass
class Place:
    """A port at which installations listen on one or the other address, and the root that visitors trust."""

    port: int
    root: local_ca.Root

    @asynccontextmanager
    async def installation(
        self,
        address: str = FIRST,
        *,
        key: bytes = KEY,
        name: Hostname = SHOP,
        root: local_ca.Root | None = None,
        app: web.Application | None = None,
    ) -> AsyncIterator[None]:
        leaf_key = new_key()
        now = datetime.now(UTC)
        request = signing_request(leaf_key, name)
        chain = local_ca.issue(root or self.root, request, name, now, timedelta(days=1))
        runner = web.AppRunner(app or web.Application(middlewares=[proof.answering(key)]), access_log=None)
        await runner.setup()
        decision = Accept(server_context(chain, leaf_key), runner.server, SHOP)
        listener = Listener(always(decision))
        await listener.start([f"{address}:{self.port}"])
        try:
            yield
        finally:
            await listener.close()
            await runner.cleanup()

    async def prove(
        self, *addresses: str, ours: frozenset[str] = frozenset((FIRST, SECOND)), through: str = ""
    ) -> Proved | NotProved:
        trust = ssl.create_default_context()
        pem = self.root.certificate.public_bytes(serialization.Encoding.PEM)
        trust.load_verify_locations(cadata=pem.decode())
        prover = Prover(
            saying(addresses), saying_to_nobody(ours), trust, self.port, expected, lambda _, a: a == through
        )
        return await prover.prove(SHOP)


def expected(hostname: Hostname, nonce: str) -> tuple[str, str]:
    return proof.PREFIX + nonce, proof.answer(KEY, hostname, nonce)


def saying(found: tuple[str, ...]) -> Callable[[str], Awaitable[tuple[str, ...]]]:
    async def addresses(name: str) -> tuple[str, ...]:
        return found

    return addresses


def saying_to_nobody(found: frozenset[str]) -> Callable[[], Awaitable[frozenset[str]]]:
    async def addresses() -> frozenset[str]:
        return found

    return addresses


@pytest.fixture
def place() -> Place:
    return Place(free_port(), new_root())


async def test_our_own_answer_at_every_address_is_proof(place: Place) -> None:
    async with place.installation(FIRST), place.installation(SECOND):
        assert await place.prove(FIRST, SECOND) == Proved((FIRST, SECOND))


async def test_name_without_address_is_not_proved(place: Place) -> None:
    assert await place.prove() == NotProved("", "the name has no address yet")


async def test_foreign_address_is_named_and_never_connected_to(place: Place) -> None:
    async with place.installation(FIRST), place.installation(SECOND):
        found = await place.prove(FIRST, SECOND, ours=frozenset((FIRST,)))
    assert found == NotProved(SECOND, "this address is not ours")


async def test_foreign_address_behind_many_of_ours_is_found(place: Place) -> None:
    many = tuple(f"127.0.1.{n}" for n in range(MAX_ADDRESSES + 1))
    async with place.installation(FIRST):
        found = await place.prove(FIRST, *many, "192.0.2.1", ours=frozenset((FIRST, *many)))
    assert found == NotProved("192.0.2.1", "this address is not ours")


async def test_proxy_that_the_name_is_set_to_have_must_lead_to_us(place: Place) -> None:
    none: frozenset[str] = frozenset()
    async with place.installation(FIRST), place.installation(SECOND, key=OTHER_KEY):
        assert await place.prove(FIRST, ours=none, through=FIRST) == Proved((FIRST,))
        found = await place.prove(SECOND, ours=none, through=SECOND)
        assert found == NotProved(SECOND, "something else answers there (status 200)")
        found = await place.prove(FIRST, SECOND, ours=none, through=FIRST)
        assert found == NotProved(SECOND, "this address is not ours")


async def test_another_installation_is_no_proof(place: Place) -> None:
    async with place.installation(FIRST), place.installation(SECOND, key=OTHER_KEY):
        found = await place.prove(FIRST, SECOND)
    assert found == NotProved(SECOND, "something else answers there (status 200)")


async def test_redirect_is_not_followed(place: Place) -> None:
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"https://{SHOP}:{place.port}/elsewhere")

    app = web.Application()
    app.router.add_get("/{path:.*}", away)
    async with place.installation(FIRST, app=app):
        assert await place.prove(FIRST) == NotProved(FIRST, "something else answers there (status 302)")


async def test_answer_may_come_in_pieces(place: Place) -> None:
    async def slowly(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for letter in proof.answer(KEY, SHOP, request.path.removeprefix(proof.PREFIX)):
            await response.write(letter.encode())
        return response

    app = web.Application()
    app.router.add_get(proof.PREFIX + "{nonce}", slowly)
    async with place.installation(FIRST, app=app):
        assert await place.prove(FIRST) == Proved((FIRST,))


async def test_endless_answer_is_cut_off(place: Place) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 4096)

    app = web.Application()
    app.router.add_get("/{path:.*}", endless)
    async with place.installation(FIRST, app=app):
        assert await place.prove(FIRST) == NotProved(FIRST, "something else answers there (status 200)")


async def test_untrusted_certificate_is_told(place: Place) -> None:
    async with place.installation(FIRST, root=new_root()):
        found = await place.prove(FIRST)
    assert isinstance(found, NotProved) and found.reason.startswith("the certificate is not trusted: ")


async def test_certificate_of_another_name_is_told(place: Place) -> None:
    async with place.installation(FIRST, name=Hostname("other.customer.example")):
        found = await place.prove(FIRST)
    assert isinstance(found, NotProved) and "shop.customer.example" in found.reason


async def test_nobody_there_is_told(place: Place) -> None:
    found = await place.prove(FIRST)
    assert isinstance(found, NotProved) and found.reason.startswith("no answer: ")

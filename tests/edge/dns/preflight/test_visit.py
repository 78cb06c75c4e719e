"""What stands on port 80 in our place, by a real nginx."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from edge.dns.preflight.visit import MAX_REDIRECTS, Seen, Visitor
from store.hostname import Hostname
from store.preflight import Reach
from tests.peers.nginx import Nginx
from tests.peers.ports import free_port

SHOP = Hostname("shop.customer.test")
PATH, VALUE = "/.well-known/acme-challenge/brassplate-nonce", "our answer"
OURS = "127.0.0.1"
ADDRESSES = {SHOP: (OURS,), "other.customer.test": (OURS,), "metadata.customer.test": ("169.254.169.254",)}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def visitor(http_port: int, https_port: int = 443, ours: tuple[str, ...] = (OURS,)) -> Visitor:
    async def addresses(name: str) -> tuple[str, ...]:
        return ADDRESSES.get(name, ())

    async def our_addresses() -> frozenset[str]:
        return frozenset(ours)

    return Visitor(
        addresses=addresses, our_addresses=our_addresses, http_port=http_port, https_port=https_port
    )


def port_of(nginx: Nginx) -> int:
    return int(nginx.url.rpartition(":")[2])


async def seen(stack: ExitStack, locations: str) -> Seen:
    """What is seen where nginx answers like this."""
    nginx = stack.enter_context(Nginx(locations))
    return await visitor(port_of(nginx)).visit(SHOP, OURS, PATH, VALUE)


async def test_our_answer_is_known(stack: ExitStack) -> None:
    assert await seen(stack, f'location = {PATH} {{ return 200 "{VALUE}\\n"; }}') == Seen(Reach.OURS)


async def test_another_server_is_told_apart_with_its_status_and_name(stack: ExitStack) -> None:
    found = await seen(stack, "location / { return 404; }")
    assert found.reach is Reach.OTHER
    assert found.words == f"http://{SHOP} at {OURS}: status 404 from {server(found)} in place of our answer"


def server(found: Seen) -> str:
    return found.words.partition(" from ")[2].partition(" in place")[0]


@pytest.mark.parametrize("body", ["", "something else", "our answer and more", "x" * 2000])
async def test_another_answer_is_not_ours(stack: ExitStack, body: str) -> None:
    assert (await seen(stack, f'location / {{ return 200 "{body}"; }}')).reach is Reach.OTHER


async def test_a_redirect_within_our_own_names_is_followed(stack: ExitStack) -> None:
    found = await seen(
        stack,
        f"location = {PATH} {{ return 302 http://other.customer.test/here?and=there; }}"
        f' location = /here {{ return 200 "$args" ; }}',
    )
    assert found.reach is Reach.OTHER and "at http://other.customer.test" in found.words
    found = await seen(
        stack,
        f"location = {PATH} {{ return 307 http://other.customer.test/here; }}"
        f' location = /here {{ return 200 "{VALUE}"; }}',
    )
    assert found == Seen(Reach.OURS)


async def test_a_redirect_to_https_of_the_same_name_cannot_be_answered(stack: ExitStack) -> None:
    found = await seen(stack, "location / { return 301 https://$host$request_uri; }")
    assert found.reach is Reach.OTHER and "waits for this certificate" in found.words


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://localhost:8080/",
        f"http://{SHOP}:22/",
        "ftp://other.customer.test/",
        f"http://{SHOP}:99999/",
    ],
)
async def test_a_redirect_where_no_ca_goes_is_not_followed(stack: ExitStack, location: str) -> None:
    found = await seen(stack, f"location / {{ return 302 {location}; }}")
    assert found.reach is Reach.OTHER and "does not follow" in found.words


@pytest.mark.parametrize("name", ["metadata.customer.test", "nowhere.customer.test"])
async def test_nobody_but_ourselves_is_asked(stack: ExitStack, name: str) -> None:
    found = await seen(stack, f"location / {{ return 302 http://{name}/; }}")
    assert found.reach is Reach.UNKNOWN and "not ours" in found.words


async def test_an_address_that_is_not_ours_is_not_asked() -> None:
    found = await visitor(1).visit(SHOP, "169.254.169.254", PATH, VALUE)
    assert found.reach is Reach.UNKNOWN and "was not asked" in found.words


async def test_redirects_in_a_circle_end(stack: ExitStack) -> None:
    found = await seen(stack, "location / { return 302 http://other.customer.test/again; }")
    assert found == Seen(Reach.OTHER, f"http://{SHOP} at {OURS}: redirects more than {MAX_REDIRECTS} times")


async def test_a_closed_port_says_nothing() -> None:
    assert (await visitor(free_port()).visit(SHOP, OURS, PATH, VALUE)).reach is Reach.UNKNOWN


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
async def test_what_is_no_http_says_nothing(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        assert (await visitor(port).visit(SHOP, OURS, PATH, VALUE)).reach is Reach.UNKNOWN

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from edge.routing import proof
from edge.routing.proof import NONCE_LENGTH, PREFIX, answer, answering
from store.hostname import Hostname
from tests.edge.routing.door import behind, got
from tests.edge.tls.pump import NAME

KEY = b"k" * 32
NONCE = "n" * NONCE_LENGTH


async def inside(_: web.Request) -> web.Response:
    return web.Response(text="inside")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = web.Application(middlewares=[answering(KEY)])
    app.router.add_route("*", "/{path:.*}", inside)
    async with behind(app) as port:
        yield port


async def test_the_answer_is_bound_to_key_name_and_nonce(port: int) -> None:
    expected = hmac.new(KEY, f"{NAME}\n{NONCE}".encode(), hashlib.sha256).hexdigest()
    assert await got(port, PREFIX + NONCE) == (200, expected)
    others = {
        answer(b"other", NAME, NONCE),
        answer(KEY, Hostname("x.example"), NONCE),
        answer(KEY, NAME, "x"),
    }
    assert len(others) == 3 and expected not in others


def test_nonces_of_32_bytes_have_the_length_that_is_answered() -> None:
    assert len(secrets.token_urlsafe(32)) == proof.NONCE_LENGTH


@pytest.mark.parametrize("path", [PREFIX, PREFIX + "short", PREFIX + NONCE + "x", PREFIX + NONCE + "/"])
async def test_other_lengths_are_not_found(port: int, path: str) -> None:
    assert await got(port, path) == (404, "")


async def test_only_get_is_answered(port: int) -> None:
    assert (await got(port, PREFIX + NONCE, method="POST"))[0] == 404


async def test_other_paths_go_on(port: int) -> None:
    assert await got(port, "/.well-known/other") == (200, "inside")

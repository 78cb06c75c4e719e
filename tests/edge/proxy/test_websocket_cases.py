"""The Autobahn cases: a WebSocket server before which a proxy stands behaves as it does without one."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from kosoku import FailureError, run_fuzzingclient

from store.hostname import Hostname
from tests.e2e.size import FULL
from tests.edge.proxy.upstreams import before

LOOPS = ("asyncio", "uvloop")
AT_ONCE = 6
LONG = ["12.*", "13.*"]
"""Compression of a thousand messages each: what is in a frame is nothing to a proxy."""
Verdicts = dict[str, tuple[str, str]]


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """The port of a server that says back each message."""
    app = web.Application()
    app.router.add_get("/{path:.*}", say_back)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def say_back(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(max_msg_size=0)
    await socket.prepare(request)
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


@pytest.mark.proof
async def test_no_case_ends_otherwise_through_the_proxy(echo: int) -> None:
    alone = await verdicts(echo)
    async with before(f"http://127.0.0.1:{echo}", name=Hostname("localhost")) as front:
        assert await verdicts(front.port) == alone
    assert len(alone) > 300 and list(alone.values()).count(("OK", "OK")) > 290


async def verdicts(port: int) -> Verdicts:
    """Of each case: how the messages went, and how the connection ended."""
    try:
        results = await run_fuzzingclient(
            f"ws://localhost:{port}", exclude_cases=None if FULL else LONG, concurrency=AT_ONCE
        )
    except FailureError as failed:
        results = failed.results
    return {each.case_id: (each.behavior.value, each.behavior_close.value) for each in results}

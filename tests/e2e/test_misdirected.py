"""One connection is for one name: a Host that is another gets 421, and the rooms do not mix."""

import asyncio
from pathlib import Path

from tests.e2e.house import ADMIN_HOST, House, house, leave, request
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
ONE, OTHER = "billing.harbour.test", "portal.harbour.test"


async def test_another_host_on_a_kept_connection_gets_421(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble) as running:
        await asyncio.gather(running.register(ONE), running.register(OTHER))
        assert (await running.visit(OTHER))[0] == 200
        assert await answers(running, ONE, ONE, OTHER, "stranger.test", ONE) == [200, 421, 421, 200]
        assert await answers(running, ONE, "") == [400]
        own = (ONE.upper(), f"{ONE}.", f"{ONE}:{running.https_port}")
        assert await answers(running, ONE, *own) == [200, 200, 200]


async def test_portal_and_console_do_not_mix(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble) as running:
        await running.register(ONE)
        assert await answers(running, ONE, ADMIN_HOST, ONE) == [421, 200]
        assert await answers(running, ADMIN_HOST, ONE, ADMIN_HOST) == [421, 200]
        portal, console = await asyncio.gather(running.visit(ONE), running.visit(ADMIN_HOST))
        assert "Harbour Telecom" in portal[1]
        assert "Harbour Telecom" not in console[1]
        target = f"https://{ADMIN_HOST}/sign-in"
        assert (await running.visit(ONE, target, host=ADMIN_HOST))[0] == 421
        assert (await running.visit(ONE, target))[0] in (400, 421)
        assert pebble.orders() == 2


async def answers(running: House, name: str, *hosts: str) -> list[int]:
    """The statuses that these Hosts get one after the other on one connection to `name`."""
    reader, writer = await running.connect(name)
    try:
        return [(await request(reader, writer, host, "/sign-in"))[0] for host in hosts]
    finally:
        await leave(writer)

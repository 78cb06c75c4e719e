"""What is stored outlives the house, and a CA that forgot us costs one registration."""

import asyncio
from pathlib import Path

from tests.e2e.house import house, leave, serial, trusting
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
NAME = "billing.harbour.test"


async def test_a_restarted_house_serves_the_stored_certificate(tmp_path: Path, pebble: Pebble) -> None:
    serials: list[str] = []
    for _ in range(3):
        async with house(tmp_path, pebble) as running:
            if not serials:
                await running.register(NAME)
            _, writer = await running.connect(NAME)
            serials.append(serial(writer))
            await leave(writer)
    assert len(set(serials)) == pebble.orders() == 1
    assert pebble.log().count("POST /sign-me-up") == 1


async def test_a_ca_that_lost_our_account_gets_exactly_one_anew(tmp_path: Path, pebble: Pebble) -> None:
    crowd = [f"shop-{number}.harbour.test" for number in range(5)]
    async with house(tmp_path, pebble) as running:
        await running.register(NAME)
        assert (await running.visit(NAME))[0] == 200
        for name in crowd:
            await running.register(name)
        pebble.restart()
        running.trust = trusting(pebble.root_pem())
        answers = await asyncio.gather(*map(running.visit, crowd))
        assert [status for status, _ in answers] == [200] * len(crowd)
        assert pebble.orders() == 1 + len(crowd)
        assert pebble.log().count("There are now 1 accounts in memory") == 2
        assert "There are now 2 accounts" not in pebble.log()

    async with house(tmp_path, pebble) as running:  # with the account that was made last
        await running.register("last.harbour.test")
        assert (await running.visit("last.harbour.test"))[0] == 200
        assert "There are now 2 accounts" not in pebble.log()

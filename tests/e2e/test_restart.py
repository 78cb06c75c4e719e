"""What is stored outlives the house, and a CA that forgot us costs one registration."""

import asyncio
from pathlib import Path

from tests.e2e.house import TARGET, House, furnished, house, leave, serial, trusting
from tests.e2e.log_events import events
from tests.e2e.serving import Serve
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


async def test_a_resumed_order_that_failed_while_we_were_down_is_made_anew(tmp_path: Path) -> None:
    with Pebble(nosleep=False, environment={"PEBBLE_VA_SLEEPTIME": "4"}) as pebble:
        async with furnished(tmp_path, pebble) as dark:
            name, orders = await _killed_while_the_ca_slept(dark, pebble)
        with events({"ordered": lambda: pebble.clear_a(TARGET)}):
            async with house(tmp_path, pebble) as running:
                assert (await running.visit(name))[0] == 200
                assert pebble.orders() == orders + 1
                assert (await running.standing(name)).failures == 0


async def _killed_while_the_ca_slept(dark: House, pebble: Pebble) -> tuple[str, int]:
    """A name whose order is left open, and how many orders there are by then.

    Pebble sleeps whole seconds, and none at all once in 64 times: then it has issued already.
    """
    for attempt in range(1, 5):
        name = await dark.register(f"billing-{attempt}.harbour.test", awaited=False)
        process = await asyncio.to_thread(Serve, dark.config, dark.config.with_name(f"serve-{attempt}.log"))
        visit = asyncio.ensure_future(dark.alert(name))
        await asyncio.to_thread(process.wait_for, "challenge answered")
        await asyncio.sleep(0.05)  # so that the CA has heard of it
        pebble.add_a(TARGET, "127.0.0.9")  # as if nobody was there whenever the CA looks
        process.kill()
        try:
            assert await visit
        except asyncio.IncompleteReadError:
            pebble.clear_a(TARGET)
        else:
            return name, attempt
    raise AssertionError("the CA never slept")

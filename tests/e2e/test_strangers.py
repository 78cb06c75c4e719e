"""Names that nobody registered cost nothing: an alert, no question to the DNS, no order, nothing remembered."""

import asyncio
import gc
from pathlib import Path

from edge.dns.confirmation import Confirmer
from edge.tls.certificates import Certificates
from edge.tls.contexts import Contexts
from store import certificates, domains
from tests.e2e.house import TARGET, house
from tests.e2e.openssl import s_client
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")


async def test_openssl_reads_unrecognized_name(tmp_path: Path, pebble: Pebble) -> None:
    pebble.set_cname("stranger.test", TARGET)
    async with house(tmp_path, pebble) as running:
        for version in ("-tls1_3", "-tls1_2"):
            said = await s_client(running.https_port, "stranger.test", version)
            assert "fatal unrecognized_name" in said
            assert "no peer certificate available" in said
        assert (pebble.orders(), pebble.dns_history("stranger.test")) == (0, [])


async def test_two_hundred_strangers_leave_nothing_behind(tmp_path: Path, pebble: Pebble) -> None:
    names = [f"stranger-{number}.test" for number in range(200)]
    async with house(tmp_path, pebble) as running:
        await running.register("billing.harbour.test")
        await running.visit("billing.harbour.test")
        assert remembered()["contexts"] == remembered()["looks"] >= 1
        before, stored = remembered(), await running.store.read(domains.every)
        orders, log = pebble.orders(), pebble.log()
        alerts = await asyncio.gather(*map(running.alert, names))
        assert set(alerts) == {"TLSV1_UNRECOGNIZED_NAME"}
        assert (remembered(), await running.store.read(domains.every)) == (before, stored)
        assert len(await running.store.read(certificates.newest)) == 1
        assert (pebble.orders(), pebble.log()) == (orders, log)
        assert not any(pebble.dns_history(name) for name in names[::20])


def remembered() -> dict[str, int]:
    """How many names all that lives in this process has in memory."""
    gc.collect()
    alive = gc.get_objects()
    flights = [each for each in alive if isinstance(each, Certificates)]
    return {
        "contexts": sum(len(each) for each in alive if isinstance(each, Contexts)),
        "ends": sum(len(each._ends) for each in flights),
        "flights": sum(len(each._flights) for each in flights),
        "looks": sum(len(each._last) for each in alive if isinstance(each, Confirmer)),
    }

"""Row 36: the certificate is there, and a real nginx stands where our own page should be."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from edge import house as houses
from edge import settings, watching
from edge.house import House
from edge.jobs.completion import Completion
from edge.jobs.proof import Prover
from edge.main import system_clock
from edge.routing import proof
from edge.settings import Faults
from store import certificates, domains, organisations
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from tests.e2e.house import write_config
from tests.fakes.self_signed import self_signed
from tests.peers.knot import Knot
from tests.peers.nginx import Nginx
from tests.peers.ports import free_port

SUPPORT = "help@platform.test"
TARGET, SHOP = "edge.customer.test", Hostname("shop.customer.test")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A name whose record and certificate are right; the world's port 443 is somebody else's."""
    zones = {"customer.test": "edge A 127.0.0.1\nshop CNAME edge\n"}
    with Knot(zones) as knot:
        config = tmp_path / "brassplate.toml"
        edge = {"cname_target": TARGET, "addresses": ["127.0.0.1"], "public_https_port": free_port()}
        write_config(config, None, dns={"resolvers": [knot.address], "public_resolvers": []}, edge=edge)
        found = settings.load(config, {})
        assert not isinstance(found, Faults)
        async with AsyncExitStack() as stack:
            built = await houses.build(found, asyncio.Event(), system_clock, stack)
            await built.store.write(organisations.add, "acme", "Acme", system_clock())
            wanted = Destination(SHOP, Room.PORTAL, 1, False, (), Confirmation.CNAME, Hostname(TARGET))
            await built.store.write(domains.add, wanted, system_clock())
            await built.snapshot.refresh()
            assert isinstance(await built.certificates.context_for(SHOP), ssl.SSLContext)
            yield built


async def completed(house: House) -> Diagnosis:
    """What the wizard's last step finds."""

    async def check(hostname: Hostname) -> Diagnosis:
        return await watching.check(house, hostname)

    async def issue(hostname: Hostname) -> bool:
        return isinstance(await house.certificates.context_for(hostname, "wizard"), ssl.SSLContext)

    prover = Prover(
        house.resolver.addresses,
        house.confirmer.our_addresses,
        house.trust,
        house.settings.public_https_port,
        lambda hostname, nonce: (proof.PREFIX + nonce, proof.answer(house.proof_key, hostname, nonce)),
    )
    completion = Completion(house.store, house.clock, check, issue, prover.prove, support=SUPPORT)
    await completion.complete(SHOP)
    await completion.close()
    domain = await house.store.read(domains.by_hostname, SHOP)
    assert domain and domain.diagnosis and domain.live_at is None
    return domain.diagnosis


async def nginx(house: House, folder: Path, chain: bytes, key: bytes, location: str) -> Nginx:
    (folder / "chain.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key)
    port = house.settings.public_https_port
    return Nginx(
        f"listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/chain.pem;"
        f" ssl_certificate_key {folder}/key.pem; {location}"
    )


async def test_other_server_with_our_certificate_is_told_by_its_answer(house: House, tmp_path: Path) -> None:
    held = await house.store.read(certificates.standing, SHOP, house.clock())
    assert held
    key = house.vault.open(held.sealed_key, SHOP, held.serial)
    chain = held.chain_pem.encode()
    with await nginx(house, tmp_path, chain, key, 'location / { return 404 "not here"; }'):
        assert_ours_to_mend(await completed(house), "something else answers there (status 404)")


async def test_server_without_our_certificate_is_told_so(house: House, tmp_path: Path) -> None:
    chain, key = self_signed(SHOP)
    with await nginx(house, tmp_path, chain, key, "location / { return 200; }"):
        assert_ours_to_mend(await completed(house), "the certificate is not trusted")


async def test_port_where_nobody_is_is_told_so(house: House) -> None:
    assert_ours_to_mend(await completed(house), "no answer")


def assert_ours_to_mend(found: Diagnosis, words: str) -> None:
    assert (found.code, found.routing, found.actor) == ("not_served", Routing.OK, Actor.US)
    assert found.support == SUPPORT
    assert found.seen.startswith("127.0.0.1: ") and words in found.seen
    assert found.action.startswith("Nothing to do for you")

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from edge.tls.authority import NotIssued
from edge.tls.issuance_trace import Trace
from edge.tls.local_authority import LocalAuthority, open_root
from edge.tls.local_ca import Root
from store import installation
from store.database import Store
from store.hostname import Hostname
from store.vault import SealBroken, Vault
from tests.fakes.set_clock import SetClock

SHOP = Hostname("shop.customer.example")
VAULT = Vault(b"m" * 32)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "brassplate.db")
    yield store
    await store.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


async def opened(
    store: Store, clock: SetClock, *permitted: str, vault: Vault = VAULT, days: int = 30
) -> Root:
    root_file = store.path.parent / "out" / "root.pem"
    return await open_root(store, vault, clock, root_file=root_file, days=days, permitted=permitted)


async def test_root_is_made_once_and_written_for_visitors(store: Store, clock: SetClock) -> None:
    made = await opened(store, clock)
    assert (await opened(store, clock)).certificate == made.certificate
    written = (store.path.parent / "out" / "root.pem").read_bytes()
    assert x509.load_pem_x509_certificate(written) == made.certificate


async def test_processes_that_start_at_once_share_one_root(store: Store, clock: SetClock) -> None:
    stores = [await Store.open(store.path) for _ in range(4)]
    roots = await asyncio.gather(*(opened(each, clock) for each in stores))
    for each in stores:
        await each.close()
    assert len({root.certificate.serial_number for root in roots}) == 1


async def test_key_of_the_root_lies_sealed(store: Store, clock: SetClock) -> None:
    await opened(store, clock)
    sealed = await store.read(installation.value, "local_ca_key")
    assert sealed and b"PRIVATE KEY" not in sealed
    with pytest.raises(SealBroken):
        await opened(store, clock, vault=Vault(b"x" * 32))


async def test_expired_root_is_made_anew(store: Store, clock: SetClock) -> None:
    first = await opened(store, clock)
    clock.advance(days=30)
    assert (await opened(store, clock)).certificate != first.certificate


async def test_leaf_is_signed_for_the_name_and_its_life(store: Store, clock: SetClock) -> None:
    root, trace = await opened(store, clock), Trace()
    material = await LocalAuthority(root, clock, timedelta(hours=6)).obtain(SHOP, trace)
    leaf = x509.load_pem_x509_certificate(material.chain_pem)
    leaf.verify_directly_issued_by(root.certificate)
    assert leaf.not_valid_after_utc == clock() + timedelta(hours=6)
    assert [phase.name for phase in trace.phases] == ["sign"]


async def test_name_outside_of_the_roots_constraints_is_not_issued(store: Store, clock: SetClock) -> None:
    root = await opened(store, clock, "provider.example")
    with pytest.raises(NotIssued, match=f"may not sign for {SHOP}") as refused:
        await LocalAuthority(root, clock, timedelta(hours=6)).obtain(SHOP, Trace())
    assert refused.value.cause == "local_ca"


async def test_root_that_expires_while_we_serve_issues_no_more(store: Store, clock: SetClock) -> None:
    authority = LocalAuthority(await opened(store, clock), clock, timedelta(hours=6))
    clock.advance(days=31)
    with pytest.raises(NotIssued, match="expired"):
        await authority.obtain(SHOP, Trace())


async def test_root_that_has_ended_fails_the_check(store: Store, clock: SetClock) -> None:
    authority = LocalAuthority(await opened(store, clock, days=30), clock, timedelta(days=1))
    assert "signs until" in await authority.check()
    clock.advance(days=31)
    with pytest.raises(NotIssued, match="root_expired"):
        await authority.check()

import asyncio
import ssl
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from edge.tls.authority import NotIssued
from edge.tls.certificates import Certificates
from edge.tls.contexts import Contexts
from edge.tls.gate import Denied
from store import certificates, issuance
from store.certificates import Source
from store.diagnosis import Asked, Evidence
from store.hostname import Hostname
from store.issuance import CertificateState
from store.leases import Lease
from store.operations import Flight
from store.vault import Vault
from tests.edge.tls.processes import SHOP, Process, World, until

DNS_MOVED = Evidence(SHOP, Asked.ANSWERED, ("www.customer.example", "edge.platform.example"))
REFUSED = NotIssued("ca:dns", "no A record for shop.customer.example")
FIFTY = 50
STRANGER = Hostname("stranger.example")


async def test_a_crowd_causes_one_order_and_shares_its_certificate(our_world: World, ours: Process) -> None:
    contexts = await asyncio.gather(*(ours.visit() for _ in range(FIFTY)))
    assert our_world.ca.obtained == [SHOP]
    assert isinstance(contexts[0], ssl.SSLContext) and set(contexts) == {contexts[0]}
    assert ours.certificates.ready(SHOP) is contexts[0]


async def test_a_failure_reaches_the_whole_crowd(our_world: World, ours: Process) -> None:
    our_world.ca.refusal = REFUSED
    found = await asyncio.gather(*(ours.visit() for _ in range(FIFTY)))
    denied = Denied("ca:dns", REFUSED.detail, our_world.clock() + timedelta(minutes=1))
    assert found == [denied] * FIFTY
    assert len(our_world.ca.obtained) == 1


async def test_no_order_follows_within_the_wait(our_world: World, ours: Process) -> None:
    our_world.ca.refusal = REFUSED
    first = await ours.visit()
    our_world.clock.advance(seconds=59)
    assert await ours.visit() == first
    our_world.clock.advance(seconds=1)
    our_world.ca.refusal = None
    assert isinstance(await ours.visit(), ssl.SSLContext)
    assert len(our_world.ca.obtained) == 2


async def test_changed_dns_lifts_the_wait(our_world: World, ours: Process) -> None:
    our_world.ca.refusal = REFUSED
    await ours.visit()
    our_world.ca.refusal, our_world.dns = None, DNS_MOVED
    assert isinstance(await ours.visit(), ssl.SSLContext)


async def test_the_order_goes_on_when_its_visitors_leave(our_world: World, ours: Process) -> None:
    our_world.ca.open.clear()
    visitors = [asyncio.get_running_loop().create_task(ours.visit()) for _ in range(3)]
    await our_world.ca.asked.wait()
    for visitor in visitors:
        visitor.cancel()
    await asyncio.gather(*visitors, return_exceptions=True)
    our_world.ca.open.set()
    assert isinstance(await ours.visit(), ssl.SSLContext)
    assert len(our_world.ca.obtained) == 1


async def test_flight_is_told_of_while_it_lasts(our_world: World, ours: Process) -> None:
    our_world.ca.open.clear()
    visitor = asyncio.get_running_loop().create_task(ours.visit())
    await our_world.ca.asked.wait()
    [flight] = ours.certificates.under_way()
    assert replace(flight, phases=()) == Flight(SHOP, "handshake", our_world.clock())
    our_world.ca.open.set()
    await visitor
    assert ours.certificates.under_way() == ()


async def test_two_processes_cause_one_order(our_world: World, ours: Process) -> None:
    theirs = await our_world.process()
    found = await asyncio.gather(*(p.visit() for p in (ours, theirs) for _ in range(FIFTY)))
    assert len(our_world.ca.obtained) == 1
    assert all(isinstance(context, ssl.SSLContext) for context in found)


async def test_failure_of_another_process_is_respected(our_world: World, ours: Process) -> None:
    theirs = await our_world.process()
    our_world.ca.refusal = REFUSED
    found = await asyncio.gather(ours.visit(), theirs.visit())
    assert {one.why for one in found if isinstance(one, Denied)} == {"ca:dns"}
    assert len(our_world.ca.obtained) == 1


async def test_lease_of_a_process_that_gave_up_is_taken(our_world: World, ours: Process) -> None:
    lease = await ours.take_lease()
    assert isinstance(lease, Lease)
    visit = asyncio.get_running_loop().create_task(ours.visit())
    await until(lambda: bool(our_world.looked))
    assert our_world.ca.obtained == []
    our_world.clock.advance(minutes=6)
    assert isinstance(await visit, ssl.SSLContext)


async def test_the_trace_runs_from_the_connection_to_the_loaded_certificate(
    our_world: World, ours: Process
) -> None:
    our_world.ca.open.clear()
    came_at = time.monotonic() - 0.05
    visit = asyncio.get_running_loop().create_task(ours.certificates.context_for(SHOP, came_at=came_at))
    await until(lambda: bool(our_world.ca.obtained))
    ours.certificates.saw(STRANGER, "http-01 asked by 192.0.2.1")
    ours.certificates.saw(SHOP, "http-01 asked by 192.0.2.7")
    [flight] = ours.certificates.under_way()
    seen = [phase.name for phase in flight.phases]
    assert seen == ["hello", "dns", "gate", "lease", "preflight", "http-01 asked by 192.0.2.7"]
    our_world.ca.open.set()
    assert isinstance(await visit, ssl.SSLContext)

    async def kept() -> list[str]:
        [attempt] = await ours.store.read(issuance.history, SHOP)
        assert attempt.trace[0].milliseconds >= 50
        return [phase.name for phase in attempt.trace]

    async with asyncio.timeout(5):
        while (found := await kept()) != [*seen, "order", "commit", "load"]:
            await asyncio.sleep(0.005)
    assert found


async def test_the_trace_of_another_process_is_left_alone(our_world: World, ours: Process) -> None:
    other = await our_world.process()
    await asyncio.gather(ours.visit(), other.visit())
    assert len(our_world.ca.obtained) == 1
    for process in (ours, other):
        await process.certificates.close()
    [attempt] = await ours.store.read(issuance.history, SHOP)
    assert [phase.name for phase in attempt.trace][:5] == ["dns", "gate", "lease", "preflight", "order"]


async def test_a_key_of_another_master_key_is_refused(our_world: World, ours: Process) -> None:
    await ours.visit()
    stranger = Certificates(ours.store, Vault(b"x" * 32), Contexts(), ours.issuer.issue, our_world.clock)
    found = await stranger.context_for(SHOP)
    assert isinstance(found, Denied) and found.why == "key_sealed"
    assert len(our_world.ca.obtained) == 1


async def test_a_chain_that_does_not_fit_its_key_is_refused(our_world: World, ours: Process) -> None:
    await ours.visit()
    stored = await ours.certificate()
    assert stored
    our_world.ca.chain_pem = stored.chain_pem.encode()
    await ours.store.write(issuance.forget, SHOP)
    found = await (await our_world.process()).visit()
    assert isinstance(found, Denied) and found.why == "certificate_unusable"


async def test_what_stands_in_the_store_is_loaded_without_an_order(our_world: World, ours: Process) -> None:
    await ours.visit()
    after_restart = await our_world.process()
    looked = len(our_world.looked)
    assert after_restart.certificates.ready(SHOP) is None
    assert isinstance(await after_restart.visit(), ssl.SSLContext)
    assert (len(our_world.ca.obtained), len(our_world.looked)) == (1, looked)


async def test_an_expired_certificate_is_not_ready_but_replaced(our_world: World, ours: Process) -> None:
    first = await ours.visit()
    our_world.clock.advance(days=90)
    assert ours.certificates.ready(SHOP) is None
    second = await ours.visit()
    assert isinstance(second, ssl.SSLContext) and second is not first
    assert ours.certificates.ready(SHOP) is second


async def test_renewal_replaces_what_is_served(our_world: World, ours: Process) -> None:
    first = await ours.visit()
    second = await ours.certificates.renew(SHOP)
    assert second is not first
    assert await ours.visit() is second
    assert len(our_world.ca.obtained) == 2


async def test_visitors_are_served_while_a_renewal_hangs(our_world: World, ours: Process) -> None:
    first = await ours.visit()
    our_world.ca.open.clear()
    our_world.ca.asked.clear()
    renewal = asyncio.get_running_loop().create_task(ours.certificates.renew(SHOP))
    await our_world.ca.asked.wait()
    assert await ours.visit() is first
    our_world.ca.open.set()
    assert isinstance(await renewal, ssl.SSLContext)


async def test_first_visitor_after_a_restart_does_not_wait_for_a_renewal(
    our_world: World, ours: Process
) -> None:
    await ours.visit()
    restarted = await our_world.process()
    our_world.ca.open.clear()
    our_world.ca.asked.clear()
    renewal = asyncio.get_running_loop().create_task(restarted.certificates.renew(SHOP))
    await our_world.ca.asked.wait()
    async with asyncio.timeout(5):
        assert isinstance(await restarted.visit(), ssl.SSLContext)
    our_world.ca.refusal = REFUSED
    our_world.ca.open.set()
    assert isinstance(await renewal, Denied)
    assert isinstance(await restarted.visit(), ssl.SSLContext)


async def test_failed_renewal_leaves_the_old_certificate_in_place(our_world: World, ours: Process) -> None:
    first = await ours.visit()
    our_world.ca.refusal = REFUSED
    assert isinstance(await ours.certificates.renew(SHOP), Denied)
    assert await ours.visit() is first
    assert (await ours.standing()).state is CertificateState.FAILED


async def test_renewal_of_another_process_is_picked_up(our_world: World, ours: Process) -> None:
    first = await ours.visit()
    theirs = await our_world.process()
    await theirs.certificates.renew(SHOP)
    assert ours.certificates.ready(SHOP) is first
    await ours.certificates.refresh()
    assert ours.certificates.ready(SHOP) is None
    assert isinstance(await ours.visit(), ssl.SSLContext)
    assert len(our_world.ca.obtained) == 2


async def test_uploaded_certificate_serves_on_while_ours_is_got_for_its_end(
    our_world: World, ours: Process
) -> None:
    await ours.visit()
    issued = await ours.certificate()
    assert issued
    uploaded = await ours.upload(ends_at=our_world.clock() + timedelta(days=2))
    await ours.certificates.refresh()
    first = await ours.visit()
    assert await ours.certificates.renew(SHOP) is first
    assert (await ours.certificate()) == uploaded and len(our_world.ca.obtained) == 2
    our_world.clock.advance(days=2)
    assert await ours.visit() is not first
    found = await ours.certificate()
    assert found and found.source is Source.ISSUED and found.serial != issued.serial
    assert len(our_world.ca.obtained) == 2


async def test_names_below_a_wildcard_need_no_order_until_it_goes(our_world: World, ours: Process) -> None:
    ends = our_world.clock() + timedelta(days=90)
    uploaded = await ours.upload(ends_at=ends, hostname=Hostname("*.customer.example"))
    first = await ours.visit()
    assert isinstance(first, ssl.SSLContext) and ours.certificates.ready(SHOP) is first
    assert await ours.certificates.renew(SHOP) is first and our_world.ca.obtained == []
    await ours.certificates.refresh()
    await ours.store.write(certificates.withdraw, uploaded.hostname)
    await ours.certificates.refresh()
    assert ours.certificates.ready(SHOP) is None
    await ours.visit()
    assert our_world.ca.obtained == [SHOP]


async def test_withdrawn_certificate_leaves_memory(our_world: World, ours: Process) -> None:
    uploaded = await ours.upload(ends_at=our_world.clock() + timedelta(days=2))
    await ours.certificates.refresh()
    assert isinstance(await ours.visit(), ssl.SSLContext) and our_world.ca.obtained == []
    await ours.store.write(certificates.withdraw, uploaded.hostname)
    await ours.certificates.refresh()
    assert ours.certificates.ready(SHOP) is None
    await ours.visit()
    assert our_world.ca.obtained == [SHOP]


async def test_refresh_keeps_what_nobody_replaced(our_world: World, ours: Process) -> None:
    other = Hostname("other.customer.example")
    await ours.register(other)
    first = await ours.visit()
    await ours.visit(other)
    await ours.certificates.renew(other)
    await ours.certificates.refresh()
    assert ours.certificates.ready(SHOP) is first


async def test_closing_cancels_the_order_and_frees_its_lease(our_world: World, ours: Process) -> None:
    our_world.ca.open.clear()
    visit = asyncio.get_running_loop().create_task(ours.visit())
    await our_world.ca.asked.wait()
    await ours.certificates.close()
    with pytest.raises(asyncio.CancelledError):
        await visit
    assert isinstance(await ours.take_lease(), Lease)


async def test_removed_name_gets_no_certificate_though_its_order_was_under_way(
    our_world: World, ours: Process
) -> None:
    our_world.ca.open.clear()
    visit = asyncio.get_running_loop().create_task(ours.visit())
    await our_world.ca.asked.wait()
    await ours.store.write(issuance.forget, SHOP)
    our_world.ca.open.set()
    assert await visit == Denied("lease_lost", "another process took over")
    assert await ours.certificate() is None


async def test_a_forgotten_name_is_ready_no_more(ours: Process) -> None:
    await ours.visit()
    ours.certificates.forget([SHOP])
    assert ours.certificates.ready(SHOP) is None


async def test_suspended_organisation_is_not_renewed_and_is_again_once_resumed(
    our_world: World, ours: Process
) -> None:
    await ours.visit()
    active = our_world.routes[SHOP]
    our_world.routes[SHOP] = replace(active, suspended=True)
    assert await ours.certificates.renew(SHOP) == Denied("suspended")
    assert our_world.ca.obtained == [SHOP]
    our_world.routes[SHOP] = active
    assert isinstance(await ours.certificates.renew(SHOP), ssl.SSLContext)
    assert our_world.ca.obtained == [SHOP, SHOP]

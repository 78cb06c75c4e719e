from datetime import timedelta

import pytest

from edge.tls import limits
from edge.tls.authority import NotIssued
from edge.tls.gate import Denied
from store import challenge_results, domains, issuance, leases, ledger
from store.certificates import Certificate
from store.challenge_results import Result
from store.diagnosis import Asked, Evidence
from store.hostname import Hostname
from store.issuance import CertificateState
from store.leases import Lease
from store.preflight import Preflight, Reach
from tests.edge.tls.processes import SHOP, TARGET, Process, World

STRANGER = Hostname("stranger.example")


async def test_issued_certificate_is_kept_with_its_history(our_world: World, ours: Process) -> None:
    issued = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(issued, Certificate) and issued == await ours.certificate()
    assert our_world.vault.open(issued.sealed_key, SHOP, issued.serial).startswith(b"-----BEGIN")
    standing = await ours.standing()
    assert (standing.state, standing.failures) == (CertificateState.ISSUED, 0)
    [attempt] = await ours.store.read(issuance.history, SHOP)
    assert (attempt.reason, attempt.outcome) == ("handshake", "issued")
    assert [phase.name for phase in attempt.trace] == ["dns", "gate", "lease", "preflight", "order"]


async def test_renewal_is_due_at_two_thirds_of_the_life(our_world: World, ours: Process) -> None:
    issued = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(issued, Certificate)
    due = (await ours.standing()).next_action_at
    assert due and abs(due - (issued.not_before + timedelta(days=60))) < timedelta(minutes=5)


async def test_unknown_name_costs_neither_dns_nor_store(our_world: World, ours: Process) -> None:
    before = await ours.store.data_version()
    assert await ours.issuer.issue(STRANGER, "handshake") == Denied("unregistered")
    assert (our_world.looked, our_world.ca.obtained) == ([], [])
    assert await ours.store.data_version() == before


async def test_wrong_dns_is_kept_and_nothing_ordered(our_world: World, ours: Process) -> None:
    our_world.dns = Evidence(SHOP, Asked.ANSWERED, ("elsewhere.example",))
    found = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(found, Denied) and found.why == "dns:cname_elsewhere"
    domain = await ours.store.read(domains.by_hostname, SHOP)
    assert domain and domain.diagnosis and domain.diagnosis.code == "cname_elsewhere"
    assert our_world.ca.obtained == []


async def test_the_same_diagnosis_is_written_once(our_world: World, ours: Process) -> None:
    our_world.dns = Evidence(SHOP, Asked.NXDOMAIN)
    await ours.issuer.issue(SHOP, "handshake")
    before = await ours.store.data_version()
    await ours.issuer.issue(SHOP, "handshake")
    assert await ours.store.data_version() == before


async def test_refusal_is_kept_with_the_words_of_the_ca(our_world: World, ours: Process) -> None:
    our_world.ca.refusal = NotIssued("ca:caa", "CAA forbids", timedelta(hours=2))
    found = await ours.issuer.issue(SHOP, "wizard")
    assert found == Denied("ca:caa", "CAA forbids", our_world.clock() + timedelta(hours=2))
    standing = await ours.standing()
    assert (standing.state, standing.failures, standing.cause) == (CertificateState.FAILED, 1, "ca:caa")
    [attempt] = await ours.store.read(issuance.history, SHOP)
    assert (attempt.reason, attempt.outcome, attempt.detail) == ("wizard", "ca:caa", "CAA forbids")
    assert isinstance(await ours.take_lease(), Lease)


async def test_no_order_is_spent_where_our_own_look_finds_that_it_would_fail(
    our_world: World, ours: Process
) -> None:
    our_world.preflight = Preflight(Reach.OTHER, "status 404 from nginx in place of our answer")
    found = await ours.issuer.issue(SHOP, "handshake")
    retry_at = our_world.clock() + timedelta(seconds=15)
    assert found == Denied("preflight:http", our_world.preflight.seen, retry_at)
    standing = await ours.standing()
    assert (standing.failures, standing.cause) == (0, "preflight:http")
    assert our_world.ca.obtained == []
    our_world.clock.advance(seconds=16)
    our_world.preflight = Preflight(Reach.OURS)
    assert isinstance(await ours.issuer.issue(SHOP, "handshake"), Certificate)
    assert (await ours.standing()).cause == ""


async def test_a_renewal_whose_order_would_fail_is_looked_at_by_the_hour(
    our_world: World, ours: Process
) -> None:
    issued = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(issued, Certificate)
    our_world.clock.advance(days=60)
    our_world.preflight = Preflight(
        Reach.OURS, forbidden="caa_forbids", record="customer.example CAA 0 issue ;"
    )
    found = await ours.issuer.issue(SHOP, "renewal", replace=issued.serial)
    assert isinstance(found, Denied) and found.why == "preflight:caa_forbids"
    standing = await ours.standing()
    assert (standing.state, standing.failures) == (CertificateState.ISSUED, 0)
    assert standing.next_action_at == our_world.clock() + timedelta(hours=1)


async def test_what_leads_elsewhere_is_avoided_where_there_is_another_way(
    our_world: World, ours: Process
) -> None:
    our_world.ca.methods = ("http-01", "tls-alpn-01")
    our_world.preflight = Preflight(Reach.OTHER, "status 404")
    assert isinstance(await ours.issuer.issue(SHOP, "handshake"), Certificate)
    assert our_world.ca.avoided == [{"http-01"}]


async def test_an_unanswered_look_stops_no_order(our_world: World, ours: Process) -> None:
    our_world.preflight = Preflight(Reach.UNKNOWN, "time-out")
    assert isinstance(await ours.issuer.issue(SHOP, "handshake"), Certificate)


async def test_an_order_that_did_not_fail_by_its_proof_is_closed_at_the_ca(
    our_world: World, ours: Process
) -> None:
    our_world.ca.refusal = NotIssued("ca:timeout", "it validates for ever")
    await ours.issuer.issue(SHOP, "handshake")
    assert our_world.ca.given_up == [SHOP]
    our_world.clock.advance(minutes=2)
    our_world.ca.refusal = NotIssued("ca:connection", "refused", unproven=True, challenge="http-01")
    await ours.issuer.issue(SHOP, "handshake")
    assert our_world.ca.given_up == [SHOP]
    kinds = await ours.store.read(challenge_results.of, SHOP)
    assert kinds == {"http-01": Result(None, our_world.clock())}


async def test_failures_in_a_row_wait_longer_until_one_succeeds(our_world: World, ours: Process) -> None:
    our_world.ca.refusal = NotIssued("ca:dns", "no")
    for minutes in (1, 10, 100):
        found = await ours.issuer.issue(SHOP, "handshake")
        assert isinstance(found, Denied)
        assert found.retry_at == our_world.clock() + timedelta(minutes=minutes)
        our_world.clock.advance(minutes=minutes)
    our_world.ca.refusal = None
    await ours.issuer.issue(SHOP, "handshake")
    standing = await ours.standing()
    assert (standing.failures, standing.cause, standing.retry_at) == (0, "", None)


async def test_a_renewal_that_fails_day_by_day_is_tried_more_often_near_its_end(
    our_world: World, ours: Process
) -> None:
    issued = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(issued, Certificate)
    our_world.ca.refusal = NotIssued("ca:connection", "time-out", unproven=True)
    our_world.clock.advance(days=87)
    for _ in range(4):
        found = await ours.issuer.issue(SHOP, "renewal", replace=issued.serial)
        assert isinstance(found, Denied) and found.retry_at
        last = our_world.clock()
        our_world.clock.now = found.retry_at
    assert isinstance(found, Denied) and found.retry_at == last + (issued.not_after - last) / 3


async def test_a_ca_that_does_not_answer_is_asked_again_within_hours(our_world: World, ours: Process) -> None:
    our_world.ca.refusal = NotIssued("ca:unreachable", "no route to host")
    for _ in range(5):
        found = await ours.issuer.issue(SHOP, "handshake")
        assert isinstance(found, Denied) and found.retry_at
        last = our_world.clock()
        our_world.clock.now = found.retry_at
    assert isinstance(found, Denied) and found.retry_at == last + timedelta(minutes=100)


@pytest.mark.parametrize("broken", ["raises", "sends rubbish"])
async def test_what_nobody_foresaw_is_a_failure_with_a_wait(
    our_world: World, ours: Process, broken: str
) -> None:
    if broken == "raises":
        our_world.ca.refusal = KeyError("surprise")
    else:
        our_world.ca.chain_pem = b"rubbish"
    found = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(found, Denied) and (found.why, found.retry_at is None) == ("internal", False)
    assert await ours.issuer.issue(SHOP, "handshake") == found
    assert len(our_world.ca.obtained) == 1
    assert isinstance(await ours.take_lease(), Lease)


async def test_deadline_of_one_issuance_is_kept(
    our_world: World, ours: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.tls.issuer.DEADLINE_SECONDS", 0.01)
    our_world.ca.open.clear()
    found = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(found, Denied) and found.why == "deadline"
    assert (await ours.standing()).cause == "deadline"


async def test_result_of_a_lost_lease_is_dropped(our_world: World, ours: Process) -> None:
    async def overtake() -> None:
        await ours.store.write(leases.void, issuance.lease_name(SHOP))
        assert isinstance(await ours.take_lease(), Lease)

    our_world.ca.meanwhile = overtake
    assert await ours.issuer.issue(SHOP, "handshake") == Denied("lease_lost", "another process took over")
    assert await ours.certificate() is None
    assert not isinstance(await ours.take_lease(), Lease)


async def test_certificate_that_stands_is_given_unless_it_will_not_do(
    our_world: World, ours: Process
) -> None:
    first = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(first, Certificate)
    assert await ours.issuer.issue(SHOP, "handshake") == first
    second = await ours.issuer.issue(SHOP, "renewal", replace=first.serial)
    assert isinstance(second, Certificate) and second.serial != first.serial
    assert await ours.issuer.issue(SHOP, "renewal", replace=first.serial) == second


async def test_dns_that_turned_wrong_keeps_the_certificate_but_not_its_renewal(
    our_world: World, ours: Process
) -> None:
    first = await ours.issuer.issue(SHOP, "handshake")
    assert isinstance(first, Certificate)
    our_world.dns = Evidence(SHOP, Asked.NXDOMAIN)
    found = await ours.issuer.issue(SHOP, "renewal", replace=first.serial)
    assert isinstance(found, Denied) and found.why == "dns:no_record"
    assert await ours.certificate() == first


async def test_an_order_over_a_limit_waits_without_being_made_or_counted_as_a_failure(
    our_world: World, ours: Process
) -> None:
    our_world.limits = limits.of_words(("none", "same_names=1/1h"))
    limited = await our_world.process()
    first = await limited.issuer.issue(SHOP, "handshake")
    assert isinstance(first, Certificate)
    found = await limited.issuer.issue(SHOP, "renewal", replace=first.serial)
    assert found == Denied("limit:same_names", "", our_world.clock() + timedelta(hours=1))
    standing = await ours.standing()
    assert (standing.state, standing.failures) == (CertificateState.ISSUED, 0)
    assert (standing.cause, standing.next_action_at) == ("limit:same_names", found.retry_at)
    assert len(our_world.ca.obtained) == 1
    our_world.clock.advance(hours=1)
    assert isinstance(await limited.issuer.issue(SHOP, "renewal", replace=first.serial), Certificate)
    assert (await ours.standing()).cause == ""


async def test_a_rate_that_the_ca_refuses_holds_that_domain_and_no_other(
    our_world: World, ours: Process
) -> None:
    our_world.limits = limits.LETS_ENCRYPT
    limited = await our_world.process()
    words = 'too many certificates (50) already issued for "customer.example" in the last 168h0m0s'
    our_world.ca.refusal = NotIssued("ca:rateLimited", words, timedelta(hours=5))
    found = await limited.issuer.issue(SHOP, "handshake")
    assert found == Denied("ca:rateLimited", words, our_world.clock() + timedelta(hours=5))
    assert (await ours.standing()).failures == 0
    our_world.ca.refusal = None
    waits = []
    for name in (SHOP, Hostname("other.customer.example"), Hostname("billing.harbour.example")):
        wanted = limits.charges(our_world.limits, name, 1, "handshake")
        waits.append(await ours.store.read(ledger.foreseen, our_world.ca.name, wanted, our_world.clock()))
    assert [wait and wait.words for wait in waits] == [words, words, None]


async def test_failed_proofs_are_counted_until_the_ca_would_refuse(our_world: World, ours: Process) -> None:
    our_world.limits = limits.of_words(("none", "failed_authorizations=2/1h"))
    limited = await our_world.process()
    our_world.ca.refusal = NotIssued("ca:connection", "nobody there", unproven=True)
    causes = []
    for _ in range(3):
        found = await limited.issuer.issue(SHOP, "handshake")
        assert isinstance(found, Denied) and found.retry_at
        causes.append(found.why)
        our_world.dns = Evidence(SHOP, Asked.ANSWERED, (TARGET,), (f"192.0.2.{len(causes)}",))
    assert causes == ["ca:connection", "ca:connection", "limit:failed_authorizations"]
    assert len(our_world.ca.obtained) == 2


async def test_what_only_certificates_cost_is_given_back_when_none_came(
    our_world: World, ours: Process
) -> None:
    our_world.limits = limits.of_words(("none", "same_names=1/7d", "orders=10/1h"))
    limited = await our_world.process()
    our_world.ca.refusal = NotIssued("ca:serverInternal", "sorry")
    await limited.issuer.issue(SHOP, "handshake")
    our_world.ca.refusal = None
    our_world.clock.advance(minutes=1)
    assert isinstance(await limited.issuer.issue(SHOP, "handshake"), Certificate)
    orders = our_world.limits.orders
    assert orders
    left = await ours.store.read(ledger.tokens, our_world.ca.name, orders, "", our_world.clock())
    assert left == 8

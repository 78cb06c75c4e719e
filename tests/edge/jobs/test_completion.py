import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from edge.jobs.completion import Completion
from store import domains, organisations
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.domains import Domain
from store.hostname import Hostname
from store.proof import NotProved, Proved
from tests.edge.tls.processes import until
from tests.fakes.set_clock import SetClock

SHOP = Hostname("shop.customer.example")
OK = Diagnosis("ok", Routing.OK, "CNAME", "CNAME", "Nothing to do.", Actor.NOBODY)
WRONG = Diagnosis("cname_elsewhere", Routing.WRONG, "CNAME", "CNAME", "Change it.", Actor.YOU)
PROVED = Proved(("192.0.2.1",))


@dataclass
class Steps:
    """The three steps, as the test says; `taken` are those that were."""

    diagnosis: Diagnosis = OK
    issued: bool = True
    proof: Proved | NotProved = PROVED
    error: Exception | None = None
    taken: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def check(self, hostname: Hostname) -> Diagnosis:
        self.taken.append("check")
        await self.gate.wait()
        if self.error:
            raise self.error
        return self.diagnosis

    async def issue(self, hostname: Hostname) -> bool:
        self.taken.append("issue")
        return self.issued

    async def prove(self, hostname: Hostname) -> Proved | NotProved:
        self.taken.append("prove")
        return self.proof


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store, now = await Store.open(tmp_path / "brassplate.db"), SetClock().now
    await store.write(organisations.add, "meridian", "Meridian", now)
    target = Hostname("edge.platform.example")
    destination = Destination(SHOP, Room.PORTAL, 1, False, (), Confirmation.CNAME, target)
    await store.write(domains.add, destination, now)
    yield store
    await store.close()


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
async def completion(store: Store, steps: Steps) -> AsyncIterator[Completion]:
    made = Completion(store, SetClock(), steps.check, steps.issue, steps.prove)
    yield made
    await made.close()


async def completed(store: Store, steps: Steps, completion: Completion) -> Domain:
    """What the store says once a completion has run."""
    completion.start(SHOP)
    steps.gate.set()
    await until(lambda: not completion.running(SHOP))
    found = await store.read(domains.by_hostname, SHOP)
    assert found
    return found


async def test_proved_name_is_live(store: Store, steps: Steps, completion: Completion) -> None:
    assert (await completed(store, steps, completion)).live_at == SetClock().now
    assert steps.taken == ["check", "issue", "prove"]


async def test_wrong_dns_ends_it_before_any_order(store: Store, steps: Steps, completion: Completion) -> None:
    steps.diagnosis = WRONG
    assert (await completed(store, steps, completion)).live_at is None
    assert steps.taken == ["check"]


@pytest.mark.parametrize("code", ["caa_forbids", "caa_pins", "caa_fails"])
async def test_records_that_forbid_the_ca_end_it_before_any_order(
    store: Store, steps: Steps, completion: Completion, code: str
) -> None:
    steps.diagnosis = replace(OK, code=code, actor=Actor.YOU)
    assert (await completed(store, steps, completion)).live_at is None
    assert steps.taken == ["check"]


async def test_who_joins_a_completion_waits_for_its_end(steps: Steps, completion: Completion) -> None:
    completion.start(SHOP)
    joined = asyncio.ensure_future(completion.complete(SHOP))
    await until(lambda: steps.taken == ["check"])
    assert not joined.done()
    steps.gate.set()
    await joined
    assert steps.taken == ["check", "issue", "prove"]
    assert not completion.running(SHOP)


async def test_broken_completion_does_not_break_who_joins(
    steps: Steps, completion: Completion, caplog: pytest.LogCaptureFixture
) -> None:
    steps.error = LookupError(SHOP)
    steps.gate.set()
    await completion.complete(SHOP)
    assert [record.message for record in caplog.records] == ["task failed"]


async def test_refused_certificate_ends_it_before_the_proof(
    store: Store, steps: Steps, completion: Completion
) -> None:
    steps.issued = False
    assert (await completed(store, steps, completion)).live_at is None
    assert steps.taken == ["check", "issue"]


@pytest.mark.parametrize(
    ("proof", "seen"),
    [
        (NotProved("192.0.2.9", "this address is not ours"), "192.0.2.9: this address is not ours"),
        (NotProved("", "the name has no address yet"), f"{SHOP}: the name has no address yet"),
    ],
)
async def test_name_that_is_not_served_says_why(
    store: Store, steps: Steps, completion: Completion, proof: NotProved, seen: str
) -> None:
    steps.proof = proof
    found = await completed(store, steps, completion)
    assert found.live_at is None and found.diagnosis
    assert (found.diagnosis.code, found.diagnosis.seen) == ("not_served", seen)
    assert (found.diagnosis.actor, found.routing) == (Actor.US, Routing.OK)


async def test_two_starts_are_one_completion(store: Store, steps: Steps, completion: Completion) -> None:
    completion.start(SHOP)
    await completed(store, steps, completion)
    assert steps.taken == ["check", "issue", "prove"]


async def test_broken_step_is_logged_and_can_be_tried_again(
    store: Store, steps: Steps, completion: Completion, caplog: pytest.LogCaptureFixture
) -> None:
    steps.error = LookupError(SHOP)
    await completed(store, steps, completion)
    assert [record.message for record in caplog.records] == ["task failed"]
    steps.error = None
    assert (await completed(store, steps, completion)).live_at


async def test_closing_ends_what_is_under_way(steps: Steps, completion: Completion) -> None:
    completion.start(SHOP)
    await until(lambda: steps.taken == ["check"])
    assert completion.running(SHOP)
    await completion.close()
    assert not completion.running(SHOP)

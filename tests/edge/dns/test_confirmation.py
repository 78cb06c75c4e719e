from dataclasses import dataclass, field, replace

import pytest

from edge.dns import confirmation
from edge.dns.confirmation import Confirmed, Confirmer
from edge.dns.diagnosis import diagnose
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Asked, Evidence, Expectation
from store.dns_answers import Survey
from store.hostname import Hostname
from tests.fakes.set_clock import SetClock

SHOP = Hostname("shop.customer.example")
APEX = Hostname("customer.example")
TARGET = Hostname("edge.platform.example")
GOOD = Evidence(SHOP, Asked.ANSWERED, (TARGET,))
BAD = Evidence(SHOP, Asked.NXDOMAIN)


@dataclass
class Looks:
    """A DNS that says what it is told, and remembers what it was asked."""

    says: Evidence = GOOD
    found: tuple[str, ...] = ("192.0.2.1",)
    looked: list[tuple[str, str | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def look(self, hostname: Hostname, target: str | None) -> Evidence:
        self.looked.append((hostname, target))
        return self.says

    async def addresses(self, name: str) -> tuple[str, ...]:
        self.asked.append(name)
        return self.found


def destination(hostname: Hostname = SHOP, *, by: Confirmation = Confirmation.CNAME) -> Destination:
    target = TARGET if by is Confirmation.CNAME else None
    return Destination(hostname, Room.PORTAL, 1, False, (), by, target)


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def confirmer(looks: Looks, clock: SetClock) -> Confirmer:
    return Confirmer(looks, clock, TARGET, frozenset())


@pytest.mark.parametrize(("says", "seconds"), [(GOOD, 60), (BAD, 3)])
async def test_a_look_stands_for_its_span(
    looks: Looks, clock: SetClock, confirmer: Confirmer, says: Evidence, seconds: int
) -> None:
    looks.says = says
    first = await confirmer.confirm(destination())
    clock.advance(seconds=seconds - 0.001)
    assert await confirmer.confirm(destination()) is first
    clock.advance(seconds=0.001)
    assert (await confirmer.confirm(destination())).at == clock.now
    assert len(looks.looked) == 2


async def test_a_fresh_look_ignores_what_is_remembered(looks: Looks, confirmer: Confirmer) -> None:
    await confirmer.confirm(destination())
    looks.says = BAD
    assert (await confirmer.confirm(destination(), fresh=True)).evidence == BAD
    assert (await confirmer.confirm(destination())).evidence == BAD


async def test_what_a_thorough_look_found_stands_like_a_look_of_its_own(
    looks: Looks, clock: SetClock, confirmer: Confirmer
) -> None:
    looks.says = BAD
    seen = replace(GOOD, survey=Survey(clock()))
    learned = Confirmed(seen, diagnose(GOOD, Expectation(TARGET, frozenset(), apex=False)), clock())
    confirmer.learn(learned)
    assert await confirmer.confirm(destination()) == replace(learned, evidence=GOOD)
    clock.advance(seconds=60)
    assert (await confirmer.confirm(destination())).evidence == BAD


async def test_our_addresses_are_not_asked_when_the_chain_reaches_us(
    looks: Looks, confirmer: Confirmer
) -> None:
    assert (await confirmer.confirm(destination())).diagnosis.code == "ok"
    assert looks.asked == []


async def test_an_apex_may_stand_on_our_addresses(looks: Looks, confirmer: Confirmer) -> None:
    looks.says = Evidence(APEX, Asked.ANSWERED, addresses=("192.0.2.1",))
    assert (await confirmer.confirm(destination(APEX))).diagnosis.code == "ok"
    assert (await confirmer.confirm(destination(SHOP))).diagnosis.code == "address_record"


async def test_a_name_of_the_provider_is_confirmed_by_address(looks: Looks, confirmer: Confirmer) -> None:
    looks.says = Evidence(SHOP, Asked.ANSWERED, addresses=("192.0.2.1",))
    found = await confirmer.confirm(destination(by=Confirmation.ADDRESS))
    assert found.diagnosis.code == "ok"
    assert looks.looked == [(SHOP, None)]


async def test_configured_addresses_are_ours_without_a_question(looks: Looks, clock: SetClock) -> None:
    confirmer = Confirmer(looks, clock, TARGET, frozenset(("198.51.100.1",)))
    assert await confirmer.our_addresses() == {"198.51.100.1"}
    assert looks.asked == []


async def test_addresses_of_the_target_are_remembered_a_minute(
    looks: Looks, clock: SetClock, confirmer: Confirmer
) -> None:
    assert await confirmer.our_addresses() == {"192.0.2.1"}
    looks.found = ("192.0.2.2",)
    clock.advance(seconds=59)
    assert await confirmer.our_addresses() == {"192.0.2.1"}
    clock.advance(seconds=1)
    assert await confirmer.our_addresses() == {"192.0.2.2"}


async def test_last_addresses_stand_while_the_target_cannot_be_asked(
    looks: Looks, clock: SetClock, confirmer: Confirmer
) -> None:
    await confirmer.our_addresses()
    looks.found = ()
    clock.advance(hours=1)
    assert await confirmer.our_addresses() == {"192.0.2.1"}


async def test_apex_is_not_judged_while_the_target_was_never_found(
    looks: Looks, confirmer: Confirmer
) -> None:
    looks.found, looks.says = (), Evidence(APEX, Asked.ANSWERED, addresses=("192.0.2.1",))
    assert not (await confirmer.confirm(destination(APEX))).diagnosis.certain


async def test_memory_is_bounded(looks: Looks, confirmer: Confirmer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmation, "REMEMBERED", 2)
    names = [Hostname(f"shop{n}.customer.example") for n in range(3)]
    for name in (*names, names[2], names[1], names[0]):
        await confirmer.confirm(destination(name))
    assert [name for name, _ in looks.looked] == [*names, names[0]]

import asyncio
from dataclasses import replace

import pytest

from edge.dns.preflight import SILENCE, Preflights
from edge.dns.preflight.visit import Seen
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Authority
from store.hostname import Hostname
from store.preflight import Preflight, Reach
from tests.fakes.set_clock import SetClock

SHOP = Hostname("shop.customer.test")
DESTINATION = Destination(SHOP, Room.PORTAL, 1, False, (), Confirmation.CNAME, Hostname("edge.test"))
CA = Authority(("ca.example",), "", ("http-01",))
V4, V6 = "192.0.2.1", "2001:db8::1"


class Street:
    """What stands at each address; None: packets to it are lost."""

    def __init__(self, **keys: object) -> None:
        self.there: dict[str, Seen | None] = {V4: Seen(Reach.OURS), V6: Seen(Reach.OURS)}
        self.caa: tuple[str, ...] | None = ()
        self.authority: Authority | None = CA
        self.visited: list[str] = []
        self.lost = asyncio.Event()
        self.clock = SetClock()
        self.preflights = Preflights(
            visitor=self,  # type: ignore[arg-type]
            addresses=self.addresses,
            records=self.records,
            authority=self.of_settings,
            expected=lambda hostname, nonce: (f"/{nonce}", f"{hostname} {nonce}"),
            clock=self.clock,
        )

    async def visit(self, hostname: Hostname, address: str, path: str, value: str) -> Seen:
        assert value == f"{hostname} {path[1:]}" and len(path) == 44
        self.visited.append(address)
        found = self.there[address]
        if found is None:
            await self.lost.wait()
        assert found
        return found

    async def addresses(self, name: str) -> tuple[str, ...]:
        return tuple(self.there)

    async def records(self, name: str, kind: str) -> tuple[str, ...] | None:
        return self.caa

    async def of_settings(self) -> Authority | None:
        return self.authority

    async def look(self) -> Preflight:
        return await self.preflights.look(DESTINATION)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.dns.preflight.SECONDS", 0.05)


async def test_every_address_that_gives_our_answer_is_well() -> None:
    street = Street()
    assert await street.look() == Preflight(Reach.OURS)
    assert sorted(street.visited) == [V4, V6]


async def test_one_address_that_gives_something_else_is_a_fault() -> None:
    street = Street()
    street.there[V6] = Seen(Reach.OTHER, "status 404 from nginx")
    assert await street.look() == Preflight(Reach.OTHER, "status 404 from nginx")


async def test_an_address_that_answers_nothing_is_not_a_fault_and_hides_none() -> None:
    street = Street()
    street.there[V6] = None
    found = await street.look()
    assert found.reach is Reach.UNKNOWN and found.seen.startswith(V6)
    street.there[V4] = Seen(Reach.OTHER, "status 404")
    assert await street.look() == Preflight(Reach.OTHER, "status 404")


async def test_visitors_wait_for_a_silent_address_once_in_a_while() -> None:
    street = Street()
    street.there[V6] = None
    await street.look()
    await street.look()
    assert street.visited.count(V6) == 1
    street.clock.advance(seconds=SILENCE.total_seconds() + 1)
    street.there[V6] = Seen(Reach.OURS)
    assert await street.look() == Preflight(Reach.OURS)


async def test_records_that_forbid_our_ca_are_named() -> None:
    street = Street()
    street.caa = ('0 issue "other.example"',)
    found = await street.look()
    assert found.forbidden == "caa_forbids" and "other.example" in found.record


async def test_a_ca_that_takes_our_word_is_not_imitated() -> None:
    street = Street()
    street.authority = None
    assert await street.look() == Preflight()
    assert street.visited == []


async def test_port_80_is_left_alone_where_names_are_not_proven_there() -> None:
    street = Street()
    street.authority = replace(CA, methods=("tls-alpn-01",))
    assert (await street.look()).reach is Reach.UNKNOWN
    assert street.visited == []

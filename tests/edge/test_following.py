"""Where the world finds a name just set: our resolvers' word, or its zone's while they remember that it had none."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from edge import following
from edge.dns.confirmation import Confirmed
from store.destination import Destination
from store.diagnosis import Actor, Asked, Diagnosis, Evidence, Routing
from store.hostname import Hostname
from tests.edge.dns.tree import AT, TARGET, destination

NAME = Hostname("shop.customer.test")
OK = Diagnosis("ok", Routing.OK, "", "", "", Actor.NOBODY)


@dataclass
class Surroundings:
    """What a house knows of one name, as the test says; it stands for its own parts."""

    registered: Destination | None
    resolved: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    at: datetime = AT
    asked: list[str] = field(default_factory=list)

    @property
    def resolver(self) -> "Surroundings":
        return self

    snapshot = confirmer = resolver

    async def addresses(self, name: str) -> tuple[str, ...]:
        self.asked.append(name)
        return self.resolved

    def resolve(self, hostname: Hostname) -> Destination | None:
        return self.registered

    async def confirm(self, registered: Destination) -> Confirmed:
        evidence = Evidence(registered.hostname, Asked.ANSWERED, self.chain, self.seen)
        return Confirmed(evidence, OK, self.at)

    async def our_addresses(self) -> frozenset[str]:
        return frozenset({"203.0.113.9", "2001:db8::9"})


@pytest.mark.parametrize(
    ("resolved", "chain", "seen", "expected"),
    [
        (("198.51.100.1",), (TARGET,), (), ("198.51.100.1",)),
        ((), (TARGET,), (), ("2001:db8::9", "203.0.113.9")[::-1]),
        ((), (), ("203.0.113.9",), ("203.0.113.9",)),
        ((), (), (), ()),
    ],
    ids=["resolved", "by the alias", "by addresses", "nowhere"],
)
async def test_name_is_found_where_visitors_will_find_it(
    resolved: tuple[str, ...], chain: tuple[str, ...], seen: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    house: Any = Surroundings(destination(NAME), resolved, chain, seen)
    assert set(await following.addresses(house, NAME)) == set(expected)
    assert house.asked == [NAME]


async def test_stranger_is_found_nowhere() -> None:
    house: Any = Surroundings(None)
    assert await following.addresses(house, NAME) == ()

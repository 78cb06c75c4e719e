"""Confirmation: whether a registered name points at us, by a look at the DNS that is at most a minute old."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from edge.dns.diagnosis import diagnose
from store.destination import Confirmation, Destination
from store.diagnosis import Diagnosis, Evidence, Expectation, Routing
from store.hostname import Hostname, is_apex

FRESH = timedelta(seconds=60)
"""How long a look that found all in order stands; a DNS answer this old may still decide on an order."""
FRESH_FAULT = timedelta(seconds=3)
"""How long a look that found a fault stands: a crowd asks once, a mended record is seen at once."""
REMEMBERED = 10_000


class Looks(Protocol):
    """The door to the DNS; `edge.dns.resolver.Resolver` is the real one."""

    async def look(self, hostname: Hostname, target: str | None) -> Evidence: ...

    async def addresses(self, name: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was seen, what it means, and when."""

    evidence: Evidence
    diagnosis: Diagnosis
    at: datetime


class Confirmer:
    """Remembers the last look at each name for as long as it is fresh."""

    def __init__(
        self, looks: Looks, clock: Callable[[], datetime], cname_target: Hostname, addresses: frozenset[str]
    ):
        self._looks = looks
        self._clock = clock
        self._cname_target = cname_target
        self._given_addresses = addresses
        self._found_addresses: tuple[frozenset[str], datetime] | None = None
        self._last: dict[Hostname, Confirmed] = {}

    async def confirm(self, destination: Destination, *, fresh: bool = False) -> Confirmed:
        """Look at a name as its destination asks for; `fresh` looks again whatever is remembered."""
        last = self._last.get(destination.hostname)
        if last and not fresh and _is_within(self._clock() - last.at, _kept(last)):
            return last
        by_cname = destination.confirmation is Confirmation.CNAME
        target = destination.cname_target if by_cname else None
        evidence = await self._looks.look(destination.hostname, target)
        settled = target is not None and target in evidence.chain
        expectation = Expectation(
            cname_target=target,
            addresses=frozenset() if settled else await self.our_addresses(),
            apex=by_cname and is_apex(destination.hostname),
            behind_proxy=destination.behind_proxy,
        )
        confirmed = Confirmed(evidence, diagnose(evidence, expectation), self._clock())
        self._remember(destination.hostname, confirmed)
        return confirmed

    def learn(self, confirmed: Confirmed) -> None:
        """Take over what a thorough look found, without all that it saw: it stands like a look of ours."""
        brief = replace(confirmed, evidence=replace(confirmed.evidence, survey=None))
        self._remember(brief.evidence.hostname, brief)

    async def our_addresses(self) -> frozenset[str]:
        """Our addresses as the world sees them: the configured ones, else those of the CNAME target.

        While the target cannot be looked up, those last found stand; empty: none were ever found.
        """
        if self._given_addresses:
            return self._given_addresses
        if self._found_addresses and _is_within(self._clock() - self._found_addresses[1], FRESH):
            return self._found_addresses[0]
        if found := frozenset(await self._looks.addresses(self._cname_target)):
            self._found_addresses = found, self._clock()
        return self._found_addresses[0] if self._found_addresses else found

    def _remember(self, hostname: Hostname, confirmed: Confirmed) -> None:
        self._last.pop(hostname, None)
        if len(self._last) >= REMEMBERED:
            del self._last[next(iter(self._last))]
        self._last[hostname] = confirmed


def _is_within(age: timedelta, span: timedelta) -> bool:
    """What is of the future was seen by a clock that went wrong."""
    return timedelta() <= age < span


def _kept(confirmed: Confirmed) -> timedelta:
    return FRESH if confirmed.diagnosis.routing is Routing.OK else FRESH_FAULT

"""Examination: a thorough look at a name and its meaning, for the wizard, the jobs and the command line."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from edge.dns import witnesses
from edge.dns.case import case_of
from edge.dns.confirmation import Confirmed
from edge.dns.diagnosis import diagnose
from edge.dns.lookup import Lookup
from store.destination import Confirmation, Destination
from store.diagnosis import Authority, Diagnosis, Evidence, Expectation, History
from store.hostname import is_apex
from store.watches import Seen


@dataclass(frozen=True, slots=True)
class Examined:
    """What was seen of a name and what is expected of it; what it means hangs on what the store knows too."""

    evidence: Evidence
    expectation: Expectation
    at: datetime

    @property
    def seen(self) -> Seen:
        """What it comes to for a name under watch."""
        plain = replace(self.expectation, history=History())
        return witnesses.seen(case_of(self.evidence, plain), diagnose(self.evidence, plain))

    def diagnosis(self, history: History) -> Diagnosis:
        """What it means, once it is known what was before."""
        return diagnose(self.evidence, replace(self.expectation, history=history))

    def confirmed(self, history: History) -> Confirmed:
        """All three together."""
        return Confirmed(self.evidence, self.diagnosis(history), self.at)


class Examiner:
    """What is expected of every name, put beside what the lookup sees of one."""

    def __init__(
        self,
        lookup: Lookup,
        clock: Callable[[], datetime],
        our_addresses: Callable[[], Awaitable[frozenset[str]]],
        *,
        support: str,
    ):
        self._lookup = lookup
        self._clock = clock
        self._our_addresses = our_addresses
        self._support = support

    async def look(self, destination: Destination, authority: Authority | None) -> Examined:
        """Look at a name from all sides; `authority` is the CA that must be allowed to issue for it."""
        by_cname = destination.confirmation is Confirmation.CNAME
        target = destination.cname_target if by_cname else None
        evidence = await self._lookup.look(destination.hostname, target)
        expectation = Expectation(
            cname_target=target,
            addresses=await self._our_addresses(),
            apex=by_cname and is_apex(destination.hostname),
            authority=authority,
            support=self._support,
            behind_proxy=destination.behind_proxy,
        )
        return Examined(evidence, expectation, self._clock())

    async def examine(
        self, destination: Destination, history: History, authority: Authority | None
    ) -> Confirmed:
        """Look at a name from all sides, and say what it means; `history` is what the store knows of it."""
        return (await self.look(destination, authority)).confirmed(history)

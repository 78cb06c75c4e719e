"""Examination: a thorough look at a name and its meaning, for the wizard, the jobs and the command line."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from edge.dns.confirmation import Confirmed
from edge.dns.diagnosis import diagnose
from edge.dns.lookup import Lookup
from store.destination import Confirmation, Destination
from store.diagnosis import Authority, Expectation, History
from store.hostname import is_apex


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

    async def examine(
        self, destination: Destination, history: History, authority: Authority | None
    ) -> Confirmed:
        """Look at a name from all sides; `history` and `authority` are what the store and the settings say."""
        by_cname = destination.confirmation is Confirmation.CNAME
        target = destination.cname_target if by_cname else None
        evidence = await self._lookup.look(destination.hostname, target)
        expectation = Expectation(
            cname_target=target,
            addresses=await self._our_addresses(),
            apex=by_cname and is_apex(destination.hostname),
            authority=authority,
            history=history,
            support=self._support,
            behind_proxy=destination.behind_proxy,
        )
        return Confirmed(evidence, diagnose(evidence, expectation), self._clock())

"""Turns: how often visitors of names without certificates may have us look for one, so that a flood of them costs
those who are served nothing."""

import time
from collections.abc import Callable

from edge.tls.certificates import Issues
from edge.tls.gate import Denied
from edge.tls.issuance_trace import Trace
from store.certificates import Certificate
from store.hostname import Hostname

AT_ONCE = 40
PER_SECOND = 10.0
"""Of one organisation's names, when that many are used up; a wizard, an import and a renewal need no turn."""
REMEMBERED_SECONDS = 3.0
"""How long a wait that was told to one visitor is told to the next without another look."""
REMEMBERED = 10_000
WATCHED = frozenset(("moved", "unsettled"))
"""What the watch may find mended at any moment: it is asked about each time."""
HANDSHAKE = "handshake"
CROWDED = Denied("crowded", "too many visitors of this organisation's names wait for certificates")


class Turns:
    """Stands before `issue`, which makes a certificate or says why not."""

    def __init__(
        self,
        issue: Issues,
        organisation_of: Callable[[Hostname], int | None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issue = issue
        self._organisation_of = organisation_of
        self._now = now
        self._left: dict[int | None, tuple[float, float]] = {}
        self._told: dict[Hostname, tuple[Denied, float]] = {}

    async def issue(
        self, hostname: Hostname, reason: str, *, replace: str = "", trace: Trace | None = None
    ) -> Certificate | Denied:
        """The certificate, or why there is none now."""
        if reason != HANDSHAKE:
            return await self._issue(hostname, reason, replace=replace, trace=trace)
        told, until = self._told.get(hostname, (None, 0.0))
        if told is not None and self._now() < until:
            return told
        if not self._take(self._organisation_of(hostname)):
            return CROWDED
        found = await self._issue(hostname, reason, replace=replace, trace=trace)
        if isinstance(found, Denied) and found.retry_at is not None and found.why not in WATCHED:
            self._remember(hostname, found)
        else:
            self._told.pop(hostname, None)
        return found

    def _take(self, organisation_id: int | None) -> bool:
        """Whether the organisation has a turn left; who has all of them is not kept in mind."""
        now = self._now()
        left, since = self._left.get(organisation_id, (float(AT_ONCE), now))
        left = min(left + (now - since) * PER_SECOND, float(AT_ONCE))
        if left < 1:
            return False
        if len(self._left) >= REMEMBERED:
            self._forget_rested(now)
        self._left[organisation_id] = left - 1, now
        return True

    def _forget_rested(self, now: float) -> None:
        rested = AT_ONCE / PER_SECOND
        self._left = {each: kept for each, kept in self._left.items() if now - kept[1] < rested}

    def _remember(self, hostname: Hostname, denied: Denied) -> None:
        self._told.pop(hostname, None)
        if len(self._told) >= REMEMBERED:
            del self._told[next(iter(self._told))]
        self._told[hostname] = denied, self._now() + REMEMBERED_SECONDS

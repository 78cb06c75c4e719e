"""Judge: what was needed and what went wrong, told from the CA's side and the names' lives, not by our own rules."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulation.ca import CA, Certificate, Outage
from simulation.lives import START, Life, up_between

NOTICE = timedelta(hours=3)
"""Until a name that was mended is known to be right: a lost one is looked at hourly, and must stay for an hour."""
EARLY = 0.021
"""Of a certificate's life, before 2/3 of it: the renewal time that is its own has a jitter of 2 %."""
WEEK = timedelta(days=7)


@dataclass(slots=True)
class Week:
    """What happened within seven days."""

    first: int = 0
    renewals: int = 0
    margin: float = 0.0
    """Days left at renewal, summed, and the least of them."""
    least: float = float("inf")


@dataclass(slots=True)
class Judge:
    """Counts."""

    ca: CA
    outages: tuple[Outage, ...]
    needed: int = 0
    first: int = 0
    renewed: int = 0
    late: int = 0
    """Renewals that replaced what had ended already, while the name was broken or just mended."""
    expired_served: int = 0
    expired: list[tuple[str, datetime]] = field(default_factory=list)
    ended_broken: int = 0
    turned_away: int = 0
    """Visitors of names that were right, without a certificate, while no limit or outage explains it."""
    weeks: dict[int, Week] = field(default_factory=dict)

    def issued(self, life: Life, before: Certificate | None, now_has: Certificate, now: datetime) -> None:
        """A certificate came."""
        if self._is_needed(life, before, now):
            self.needed += 1
        week = self.weeks.setdefault((now - START) // WEEK, Week())
        if before is None:
            self.first += 1
            week.first += 1
            return
        left = (before.not_after - now) / timedelta(days=1)
        if left <= 0:
            self.late += 1
            return
        self.renewed += 1
        week.renewals += 1
        week.margin += left
        week.least = min(week.least, left)

    def ended(self, life: Life, certificate: Certificate) -> None:
        """A certificate ended, and nothing had taken its place."""
        at = certificate.not_after
        right_since = life.right_since(at)
        if right_since is None or up_between(right_since, at, self.outages) < NOTICE:
            self.ended_broken += 1
        else:
            self.expired_served += 1
            self.expired.append((life.name, at))

    def _is_needed(self, life: Life, before: Certificate | None, now: datetime) -> bool:
        if life.right_since(now) is None:
            return False
        if before is None or now >= before.not_after:
            return True
        span = before.not_after - before.not_before
        share = 1 / 2 if span <= timedelta(days=10) else 2 / 3
        return now >= before.not_before + span * (share - EARLY) or now >= self.ca.window(before, now)[0]

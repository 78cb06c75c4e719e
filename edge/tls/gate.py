"""Gate: may a certificate for this name be ordered now? Pure; the order of its questions is the policy."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.destination import Destination
from store.diagnosis import Diagnosis, Evidence, Routing
from store.issuance import Standing
from store.watches import Place, Watch

LADDER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=100), timedelta(days=1))
"""Waits after one, two, three and more failures in a row, as Let's Encrypt's integration guide advises."""
LONGEST_UNREACHED = LADDER[2]
"""While the CA cannot be reached nothing is wrong with the name, and a try costs nobody anything."""
TRIES_LEFT = 3
"""A renewal that fails is tried again after this part of what is left of its certificate's life, or sooner."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """An order may be made."""


@dataclass(frozen=True, slots=True)
class Denied:
    """No order now: a short cause, words for the admin, and when it is worth asking again."""

    why: str
    detail: str = ""
    retry_at: datetime | None = None


HELD = Denied("held", "a backup was restored; certificates are ordered again once it was looked at")
"""Of every name, while the store is held."""


def decide(
    destination: Destination | None,
    standing: Standing,
    diagnosis: Diagnosis,
    fingerprint: str,
    now: datetime,
    watch: Watch | None = None,
    *,
    renewal: bool = False,
) -> Allowed | Denied:
    """Registered, not suspended, to be ordered for, pointing at us, and no failure whose wait still runs.

    A wait runs for as long as the DNS is what it was at the failure. What has moved by the watch gets no
    order, whatever one look finds; a renewal waits also while the watch is in doubt of that.
    """
    if destination is None:
        return Denied("unregistered")
    if destination.suspended:
        return Denied("suspended")
    if not destination.ordered:
        return Denied("not_ordered", "only certificates that are uploaded are served for this name")
    if diagnosis.routing is not Routing.OK:
        return Denied(f"dns:{diagnosis.code}", diagnosis.seen)
    if watch is not None and watch.place is Place.MOVED:
        return Denied("moved", "several looks agreed that the name has left", watch.next_look_at)
    if watch is not None and renewal and not watch.renews(now):
        return Denied("unsettled", "looks at the name do not agree yet", watch.next_look_at)
    waiting = standing.retry_at is not None and now < standing.retry_at
    if waiting and standing.dns_fingerprint == fingerprint:
        return Denied(standing.cause, standing.detail, standing.retry_at)
    return Allowed()


def retry_at(
    failures: int,
    now: datetime,
    jitter: float,
    ca_says: timedelta | None = None,
    *,
    ends_at: datetime | None = None,
    reached: bool = True,
) -> datetime:
    """When to try again after the `failures`th failure in a row (from 1); jitter is -1 to 1, worth 10 %.

    `ends_at` is when the certificate ends that serves meanwhile: what is mended within its last day must not
    wait for another; `reached` is False where the CA did not answer.
    """
    wait = LADDER[min(failures, len(LADDER)) - 1]
    if not reached:
        wait = min(wait, LONGEST_UNREACHED)
    if ends_at is not None:
        wait = min(wait, max((ends_at - now) / TRIES_LEFT, LADDER[1]))
    return now + max(wait * (1 + jitter / 10), ca_says or timedelta())


def fingerprint(evidence: Evidence) -> str:
    """A short text that changes when what the DNS says about a name changes."""
    facts = (evidence.asked.value, *evidence.chain, "", *sorted(evidence.addresses))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]

"""Buckets: the limits of the simulated CA, written from https://letsencrypt.org/docs/rate-limits/ (2026-08).

Plain token buckets that refill as time goes by. Nothing here is shared with the ledger that they judge.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and one more each so often; `over` is the span as refusals name it."""

    capacity: int
    refills_in: timedelta
    over: str


ORDERS_PER_ACCOUNT = Rate(300, timedelta(seconds=36), "3h0m0s")
CERTIFICATES_PER_DOMAIN = Rate(50, timedelta(days=7) / 50, "168h0m0s")
CERTIFICATES_PER_EXACT_SET = Rate(5, timedelta(days=7) / 5, "168h0m0s")
FAILURES_PER_NAME = Rate(5, timedelta(minutes=12), "1h0m0s")
CONSECUTIVE_FAILURES = Rate(1152, timedelta(days=1), "1152 days")


class Bucket:
    """Tokens of one account, domain or name; a bucket begins full."""

    __slots__ = ("_rate", "_since", "_tokens")

    def __init__(self, rate: Rate, now: datetime):
        self._rate = rate
        self._tokens = float(rate.capacity)
        self._since = now

    def has_one(self, now: datetime) -> bool:
        """Whether a request would pass now."""
        self._refill(now)
        return self._tokens >= 1 - 1e-9

    def spend(self, now: datetime) -> None:
        """Take one, or what is left."""
        self._refill(now)
        self._tokens = max(self._tokens - 1, 0.0)

    def fill(self) -> None:
        """Start anew, as a success does with failures in a row."""
        self._tokens = float(self._rate.capacity)

    def ready_at(self, now: datetime) -> datetime:
        """When there will be one."""
        self._refill(now)
        return now + max(1 - self._tokens, 0.0) * self._rate.refills_in

    def _refill(self, now: datetime) -> None:
        grown = (now - self._since) / self._rate.refills_in
        self._tokens = min(self._tokens + grown, float(self._rate.capacity))
        self._since = now

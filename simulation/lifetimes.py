"""Lifetimes: how long the CA's certificates last, by the day of issue (Let's Encrypt's announcements as of 2026-08)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BACKDATED = timedelta(hours=1)
"""So long before its issue a certificate begins."""

Lifetime = Callable[[datetime], timedelta]

_CLASSIC = (
    (datetime(2028, 2, 16, tzinfo=UTC), timedelta(days=45)),
    (datetime(2027, 2, 10, tzinfo=UTC), timedelta(days=64)),
)


def classic(issued_at: datetime) -> timedelta:
    """90 days, then 64, then 45, which is below the industry's 47 of 2029-03-15 already."""
    return next((life for since, life in _CLASSIC if issued_at >= since), timedelta(days=90))


def shortlived(issued_at: datetime) -> timedelta:
    """160 hours, whatever the day."""
    return timedelta(hours=160)

"""ARI: the moment to renew within the window that the CA suggests, and when to ask for it again; pure (RFC 9773)."""

from datetime import datetime, timedelta

from store.renewal_windows import Window

POLL_EVERY = timedelta(hours=6)
"""Where the CA says nothing: what RFC 9773 4.3.3 advises after an error that lasts."""
SOONEST, LATEST = timedelta(minutes=1), timedelta(days=1)
"""Bounds of what a CA's Retry-After counts (RFC 9773 4.3.2)."""
NO_SUCH_THING = timedelta(days=1)
"""Until a CA without windows is asked again whether it has some by now."""
LAST_TENTH = 10
"""Whatever the window says, renewal begins before the last tenth of a certificate's life."""


def moment(start_at: datetime, end_at: datetime, kept: Window | None, draw: float) -> datetime:
    """A moment picked once, evenly over the window, and kept for as long as the window stands; draw is 0 to 1."""
    if kept and (kept.start_at, kept.end_at) == (start_at, end_at):
        return kept.moment_at
    return start_at + (end_at - start_at) * draw


def bounded(at: datetime, not_before: datetime, not_after: datetime) -> datetime:
    """The moment, or the last one that leaves time for failures."""
    return min(at, not_after - (not_after - not_before) / LAST_TENTH)


def next_poll(now: datetime, retry_after: float | None) -> datetime:
    """When to ask again."""
    wait = POLL_EVERY if retry_after is None else timedelta(seconds=retry_after)
    return now + min(max(wait, SOONEST), LATEST)

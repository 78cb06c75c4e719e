"""What a look of our own, before an order is spent, means for the order; pure."""

from edge.tls.acme.challenges import HTTP_01
from edge.tls.authority import NotIssued
from store.preflight import Preflight, Reach

CAUSE = "preflight:"
"""What causes that our own look found begin with."""


def fault(found: Preflight, methods: tuple[str, ...]) -> NotIssued | None:
    """Why an order would fail for certain: CAA forbids it, or the only way to prove the name leads elsewhere."""
    if found.forbidden:
        return NotIssued(f"{CAUSE}{found.forbidden}", found.record)
    if methods and set(methods) <= to_avoid(found):
        return NotIssued(f"{CAUSE}http", found.seen)
    return None


def to_avoid(found: Preflight) -> frozenset[str]:
    """Challenges that would fail; what could not be asked from here is not held against any."""
    return frozenset({HTTP_01}) if found.reach is Reach.OTHER else frozenset()

"""Handshakes: how they ended, and how long visitors waited for their first answer."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from edge.tls.outcomes import Result
from edge.tls.terms import Ears

WAITS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""Seconds; a visitor waits 20 for a certificate at most."""


def ears(registry: CollectorRegistry) -> Ears:
    """Who hears of handshakes; each is one increment of a counter that is there from the start."""
    ended = Counter(
        "brassplate_handshakes", "TLS handshakes that ended, by result.", ["result"], registry=registry
    )
    waited = Histogram(
        "brassplate_first_request_seconds",
        "From the connection to the first byte of its first answer, by whether its certificate was ready.",
        ["certificate"],
        buckets=WAITS,
        registry=registry,
    )
    counts = {result: ended.labels(result.value).inc for result in Result}
    ready, awaited = waited.labels("ready").observe, waited.labels("awaited").observe
    return Ears(
        handshake=lambda result: counts[result](),
        first_answer=lambda seconds, late: (awaited if late else ready)(seconds),
    )

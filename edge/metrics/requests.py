"""Requests: how many were answered where, by class of status."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

DESTINATIONS = ("portal", "admin", "api", "upstream", "front", "plain")
"""`front` is the page of `edge.cname_target`, `plain` is port 80."""
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")


def counting(registry: CollectorRegistry) -> Callable[[str, int], None]:
    """Counts one answer: where it came from, and its status."""
    answered = Counter(
        "brassplate_requests",
        "Requests answered, by what answered them and class of status.",
        ["destination", "status"],
        registry=registry,
    )
    counts = {
        destination: [answered.labels(destination, each).inc for each in CLASSES]
        for destination in DESTINATIONS
    }

    def count(destination: str, status: int) -> None:
        counts[destination][min(max(status // 100, 1), 5) - 1]()

    return count

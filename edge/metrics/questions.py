"""Questions: how long the DNS took to answer, by who asked."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Histogram

SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


def timing(registry: CollectorRegistry) -> Callable[[str], Callable[[bool, float], None]]:
    """For an asker (`resolver`, `look`): what is told of each of its questions: whether it was answered, seconds."""
    took = Histogram(
        "brassplate_dns_seconds",
        "How long one question to the DNS took, by who asked and whether there was an answer.",
        ["asker", "result"],
        buckets=SECONDS,
        registry=registry,
    )

    def of(asker: str) -> Callable[[bool, float], None]:
        answered, failed = (took.labels(asker, result).observe for result in ("answered", "failed"))
        return lambda well, seconds: (answered if well else failed)(seconds)

    return of

"""Meters: all that is counted in one process, and the narrow ends of it that rooms are given."""

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics

from edge.metrics import handshakes, questions, requests, rounds
from edge.metrics.lag import Lag


class Meters:
    """One registry; made by the composition root and handed down in parts."""

    def __init__(self) -> None:
        # When a series began: as many series again, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.ears = handshakes.ears(self.registry)
        """Of the TLS listener."""
        self.answered = requests.counting(self.registry)
        """Of a request: its destination and status."""
        self.questions = questions.timing(self.registry)
        """Of the DNS, by asker."""
        self.round = rounds.counting(self.registry)
        """Of a job."""
        self.lag = Lag(self.registry)

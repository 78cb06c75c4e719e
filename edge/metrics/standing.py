"""Standing: what is so at the moment of a scrape: flights, connections, the store's figures."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from edge.metrics.issuance import OTHER, REASONS, label_of
from store.figures import DAYS, Figures
from store.operations import Flight


class Process(Collector):
    """What this process has open."""

    def __init__(
        self,
        *,
        flights: Callable[[], Iterable[Flight]],
        connections: Callable[[], int],
        waiting: Callable[[], int],
        tasks: Callable[[], int],
        ready: Callable[[], bool],
        held: Callable[[], bool],
    ) -> None:
        self._flights = flights
        self._connections = connections
        self._waiting = waiting
        self._tasks = tasks
        self._ready = ready
        self._held = held

    def collect(self) -> Iterator[Metric]:
        """Each scrape anew."""
        counts = Counter(flight.reason if flight.reason in REASONS else OTHER for flight in self._flights())
        flights = GaugeMetricFamily(
            "brassplate_flights",
            "Issuances under way in this process, by what set them off.",
            labels=["reason"],
        )
        for reason in sorted((*REASONS, OTHER)):
            flights.add_metric([reason], counts[reason])
        yield flights
        yield _gauge(
            "brassplate_connections", "Open TLS connections, whatever their phase.", self._connections()
        )
        yield _gauge(
            "brassplate_waiting_handshakes", "Handshakes that wait for a certificate.", self._waiting()
        )
        yield _gauge("brassplate_tasks", "Tasks of the event loop.", self._tasks())
        yield _gauge("brassplate_ready", "1 while /readyz says yes.", int(self._ready()))
        yield _gauge(
            "brassplate_store_held", "1 while a restored store waits to be resumed.", int(self._held())
        )


class Stored(Collector):
    """What the store held when it was last read; nothing until then."""

    def __init__(self, ca: str) -> None:
        self._ca = label_of(ca)
        self.figures: Figures | None = None

    def collect(self) -> Iterator[Metric]:
        """From the last figures."""
        figures = self.figures
        if figures is None:
            return
        yield _gauge("brassplate_names", "Registered hostnames.", figures.names)
        yield _gauge("brassplate_mails_waiting", "Mails that wait to be sent.", figures.mails)
        buckets = [(str(days), names) for days, names in zip(DAYS, figures.up_to, strict=True)]
        yield HistogramMetricFamily(
            "brassplate_certificate_days_left",
            "Names by the days left of their newest certificate; all of them at each scrape.",
            buckets=[*buckets, ("+Inf", figures.certificates)],
            sum_value=figures.days,
        )
        yield from self._tokens(figures)

    def _tokens(self, figures: Figures) -> Iterator[Metric]:
        left, capacity, held = (
            GaugeMetricFamily(f"brassplate_ca_{name}", words, labels=["ca", "limit"])
            for name, words in (
                ("tokens_left", "What is left of a CA's limit, in the bucket that has the least."),
                ("tokens_capacity", "What a CA's limit allows at once."),
                ("limits_held", "Buckets of a limit that the CA told us to leave alone for now."),
            )
        )
        for tokens in figures.tokens:
            for family, value in ((left, tokens.left), (capacity, tokens.capacity), (held, tokens.held)):
                family.add_metric([self._ca, tokens.limit], value)
        yield from (left, capacity, held)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)

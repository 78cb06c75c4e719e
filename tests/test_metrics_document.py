"""docs/metrics.md and what a house counts are the same, and no label is made of what others send."""

import re
from pathlib import Path

from prometheus_client import Metric

from edge.metrics.issuance import counted
from edge.metrics.meters import Meters
from edge.metrics.standing import Process, Stored
from store.certificates import Certificate
from store.figures import Figures, Tokens
from store.hostname import Hostname

DOCUMENT = (Path(__file__).resolve().parent.parent / "docs/metrics.md").read_text("utf-8")
BOUNDED = {
    "result",
    "certificate",
    "destination",
    "status",
    "ca",
    "reason",
    "outcome",
    "limit",
    "asker",
    "job",
    "le",
}


def families() -> list[Metric]:
    """All that is ever told; each labelled one with a value."""
    meters = Meters()
    meters.registry.register(
        Process(
            flights=tuple, connections=lambda: 0, waiting=lambda: 0, tasks=lambda: 0, ready=bool, held=bool
        )
    )
    stored = Stored("local")
    stored.figures = Figures(1, (0,) * 8, 90.0, 1, 0, (Tokens("orders", 300, 299, 0),))
    meters.registry.register(stored)

    async def issue(hostname: Hostname, reason: str, **more: object) -> Certificate:
        raise AssertionError

    counted(issue, "local", meters.registry)
    return list(meters.registry.collect())


def test_every_metric_is_in_the_document() -> None:
    assert [family.name for family in families() if f"`{family.name}`" not in DOCUMENT] == []


def test_the_document_tells_of_no_metric_that_is_not_there() -> None:
    known = {family.name for family in families()}
    told = set(re.findall(r"^\| `((?:brassplate|process)_[a-z_]+)`", DOCUMENT, re.MULTILINE))
    assert told and told <= known
    assert len(told) == len([name for name in known if name.startswith("brassplate_")])


def test_labels_are_those_that_are_bounded() -> None:
    labels = {label for family in families() for sample in family.samples for label in sample.labels}
    assert labels <= BOUNDED
    assert {"result", "status", "limit"} <= labels

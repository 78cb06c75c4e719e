from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from edge.metrics.issuance import cause_of, counted, label_of
from edge.tls.gate import Denied
from edge.tls.issuance_trace import COMMIT, Trace
from store.certificates import Certificate
from store.hostname import Hostname
from tests import factories

CA = "https://acme.example:14000/dir"
SHOP = Hostname("shop.example")
HELD = Certificate(SHOP, "01", "", b"", CA, factories.NOW, factories.NOW)


class Issuing:
    """Comes to what it is told, by the phases it is told."""

    def __init__(self, found: Certificate | Denied, *phases: str) -> None:
        self.found, self.phases = found, phases
        self.registry = CollectorRegistry()
        self.issue = counted(self._issue, CA, self.registry)

    async def _issue(
        self, hostname: Hostname, reason: str, *, replace: str = "", trace: Trace | None = None
    ) -> Certificate | Denied:
        assert trace is not None
        for phase in self.phases:
            trace.mark(phase)
        return self.found

    def counts(self) -> dict[tuple[str, str, str], float]:
        samples: Any = [
            sample
            for family in self.registry.collect()
            for sample in family.samples
            if sample.name == "brassplate_issuances_total"
        ]
        return {(s.labels["ca"], s.labels["reason"], s.labels["outcome"]): s.value for s in samples}


async def test_certificate_is_counted_with_what_set_it_off_and_its_time() -> None:
    issuing = Issuing(HELD, "dns", "lease", COMMIT)
    assert await issuing.issue(SHOP, "wizard") is HELD
    assert issuing.counts() == {("acme.example", "wizard", "issued"): 1}
    assert issuing.registry.get_sample_value("brassplate_issuance_seconds_count", {"ca": "acme.example"}) == 1


async def test_another_process_certificate_is_not_counted_here() -> None:
    issuing = Issuing(HELD, "dns")
    await issuing.issue(SHOP, "handshake")
    assert issuing.counts() == {}


async def test_refusal_of_the_ca_is_counted_by_its_cause() -> None:
    issuing = Issuing(Denied("ca:unauthorized"), "dns", "lease")
    await issuing.issue(SHOP, "renewal")
    assert issuing.counts() == {("acme.example", "renewal", "ca:unauthorized"): 1}


async def test_repeated_refusal_of_the_gate_is_a_wait_and_no_attempt() -> None:
    issuing = Issuing(Denied("ca:unauthorized"), "dns", "gate")
    for _ in range(3):
        await issuing.issue(SHOP, "handshake")
    assert issuing.counts() == {("acme.example", "handshake", "waiting"): 3}


async def test_name_that_does_not_lead_here_is_told_apart() -> None:
    issuing = Issuing(Denied("dns:nxdomain"), "dns", "gate")
    await issuing.issue(SHOP, "handshake")
    assert issuing.counts() == {("acme.example", "handshake", "dns"): 1}


async def test_reason_of_an_unknown_kind_makes_no_label() -> None:
    issuing = Issuing(HELD, "lease", COMMIT)
    await issuing.issue(SHOP, "because of shop.example")
    assert issuing.counts() == {("acme.example", "other", "issued"): 1}


@pytest.mark.parametrize(
    ("why", "cause"),
    [
        ("ca:rateLimited", "ca:rateLimited"),
        ("ca:made up by a CA", "ca:other"),
        ("limit:orders", "limit"),
        ("preflight:caa", "preflight"),
        ("deadline", "deadline"),
        ("anything else", "other"),
    ],
)
def test_causes_are_few_whatever_a_ca_says(why: str, cause: str) -> None:
    assert cause_of(why) == cause


def test_ca_is_called_by_its_host() -> None:
    assert (label_of(CA), label_of("local")) == ("acme.example", "local")

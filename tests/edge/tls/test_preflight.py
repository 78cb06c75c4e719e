import pytest

from edge.tls.preflight import fault, to_avoid
from store.preflight import Preflight, Reach

HTTP, ALPN = "http-01", "tls-alpn-01"
ELSEWHERE = Preflight(Reach.OTHER, "status 404 from nginx")


@pytest.mark.parametrize(
    ("found", "methods", "cause"),
    [
        (Preflight(Reach.OURS), (HTTP,), None),
        (Preflight(Reach.UNKNOWN, "time-out"), (HTTP,), None),
        (ELSEWHERE, (HTTP,), "preflight:http"),
        (ELSEWHERE, (HTTP, ALPN), None),
        (ELSEWHERE, (ALPN,), None),
        (ELSEWHERE, (), None),
        (Preflight(Reach.OURS, forbidden="caa_pins", record="…"), (HTTP, ALPN), "preflight:caa_pins"),
    ],
)
def test_only_what_must_fail_is_a_fault(
    found: Preflight, methods: tuple[str, ...], cause: str | None
) -> None:
    refused = fault(found, methods)
    assert (refused.cause if refused else None) == cause


def test_a_challenge_that_leads_elsewhere_is_avoided() -> None:
    assert to_avoid(ELSEWHERE) == {HTTP}
    assert to_avoid(Preflight(Reach.UNKNOWN, "time-out")) == frozenset()

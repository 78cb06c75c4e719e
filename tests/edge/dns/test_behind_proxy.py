"""A name that stands behind Cloudflare on purpose, and one that does by mistake; no test may ask Cloudflare itself."""

from datetime import UTC, datetime

import pytest

from edge.dns.diagnosis import diagnose
from store.diagnosis import Actor, Asked, Diagnosis, Evidence, Expectation, Routing
from store.dns_answers import Probe, Survey
from store.hostname import Hostname

SHOP = Hostname("shop.customer.example")
TARGET = "edge.platform.example"
OURS = "203.0.113.9"
CLOUDFLARE = ("104.16.1.1", "2606:4700::1")
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PATH = "/.well-known/brassplate/n"


def judged(
    *addresses: str, chain: tuple[str, ...] = (), probes: tuple[Probe, ...] = (), behind_proxy: bool = True
) -> Diagnosis:
    survey = Survey(AT, "customer.example", ("ns1.customer.example",), (), probes=probes)
    evidence = Evidence(SHOP, Asked.ANSWERED, chain, addresses, survey=survey)
    return diagnose(evidence, Expectation(TARGET, frozenset({OURS}), apex=False, behind_proxy=behind_proxy))


def answering(status: int | None) -> tuple[Probe, ...]:
    return (Probe(CLOUDFLARE[0], PATH, status),)


@pytest.mark.parametrize("probes", [(), answering(200), answering(None)])
def test_name_set_to_stand_behind_cloudflare_is_in_order_there(probes: tuple[Probe, ...]) -> None:
    found = judged(*CLOUDFLARE, probes=probes)
    assert (found.code, found.routing, found.actor) == ("behind_proxy", Routing.OK, Actor.NOBODY)


def test_other_names_are_told_both_ways_out() -> None:
    found = judged(*CLOUDFLARE, behind_proxy=False)
    assert (found.code, found.routing, found.actor) == ("proxied", Routing.PROXIED, Actor.YOU)
    assert "“DNS only”, the grey cloud" in found.action and "upload a certificate" in found.action


def test_cloudflare_that_leads_elsewhere_is_told() -> None:
    found = judged(*CLOUDFLARE, probes=answering(522))
    assert (found.code, found.routing, found.actor) == ("proxy_elsewhere", Routing.PROXIED, Actor.YOU)
    assert "answers 522" in found.seen and TARGET in found.action


def test_loop_is_told_also_where_the_proxy_is_wanted() -> None:
    circle = Probe(CLOUDFLARE[0], PATH, 301, location=f"https://{SHOP}{PATH}")
    assert judged(*CLOUDFLARE, probes=(circle,)).code == "proxy_loop"


@pytest.mark.parametrize(
    ("addresses", "chain", "code"),
    [
        (("151.101.1.1",), (), "proxied"),  # Fastly's
        ((CLOUDFLARE[0], "198.51.100.7"), (), "proxied"),
        (CLOUDFLARE, ("somebody.pages.example",), "cname_elsewhere"),
        ((OURS,), (TARGET,), "ok"),
    ],
)
def test_no_other_way_is_let_through(addresses: tuple[str, ...], chain: tuple[str, ...], code: str) -> None:
    assert judged(*addresses, chain=chain).code == code

import ipaddress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dns.diagnosis import diagnose
from store.diagnosis import Actor, Asked, Diagnosis, Evidence, Expectation, Routing, from_json, to_json
from store.hostname import Hostname

SHOP = Hostname("shop.customer.example")
TARGET = "edge.platform.example"
OURS = frozenset(("192.0.2.1", "2001:db8::1"))
CNAME = Expectation(TARGET, OURS, apex=False)
APEX = Expectation(TARGET, OURS, apex=True)
OWN = Expectation(None, OURS, apex=False)
CLOUDFLARE = ("104.16.1.1", "2606:4700::1")


def seen(*chain: str, at: tuple[str, ...] = (), asked: Asked = Asked.ANSWERED) -> Evidence:
    return Evidence(SHOP, asked, chain, at)


@pytest.mark.parametrize(
    ("evidence", "expectation", "code", "routing", "actor"),
    [
        (seen(TARGET), CNAME, "ok", Routing.OK, Actor.NOBODY),
        (seen("www.customer.example", TARGET), CNAME, "ok", Routing.OK, Actor.NOBODY),
        (seen(at=("192.0.2.1",)), APEX, "ok", Routing.OK, Actor.NOBODY),
        (seen(at=tuple(OURS)), OWN, "ok", Routing.OK, Actor.NOBODY),
        (seen("host.platform.example", at=("192.0.2.1",)), OWN, "ok", Routing.OK, Actor.NOBODY),
        (seen(asked=Asked.NXDOMAIN), CNAME, "no_record", Routing.PENDING, Actor.YOU),
        (seen(asked=Asked.NXDOMAIN), OWN, "no_record", Routing.PENDING, Actor.US),
        (seen(), CNAME, "no_address", Routing.PENDING, Actor.YOU),
        (seen("other.example", at=("203.0.113.9",)), CNAME, "cname_elsewhere", Routing.WRONG, Actor.YOU),
        (seen("other.example", at=("192.0.2.1",)), CNAME, "cname_elsewhere", Routing.WRONG, Actor.YOU),
        (seen("other.example"), CNAME, "cname_elsewhere", Routing.WRONG, Actor.YOU),
        (seen("other.example", SHOP), CNAME, "cname_loop", Routing.WRONG, Actor.YOU),
        (seen(*(f"hop{n}.example" for n in range(9))), CNAME, "cname_loop", Routing.WRONG, Actor.YOU),
        (seen(at=CLOUDFLARE), CNAME, "proxied", Routing.PROXIED, Actor.YOU),
        (seen(at=CLOUDFLARE), APEX, "proxied", Routing.PROXIED, Actor.YOU),
        (seen(at=CLOUDFLARE), OWN, "proxied", Routing.PROXIED, Actor.US),
        (seen(f"{SHOP}.cdn.cloudflare.net", at=CLOUDFLARE), CNAME, "proxied", Routing.PROXIED, Actor.YOU),
        (seen("shops.example", at=CLOUDFLARE), CNAME, "cname_elsewhere", Routing.WRONG, Actor.YOU),
        (seen(at=("192.0.2.1", "203.0.113.9")), APEX, "mixed_addresses", Routing.WRONG, Actor.YOU),
        (seen(at=("192.0.2.1", *CLOUDFLARE)), APEX, "mixed_addresses", Routing.WRONG, Actor.YOU),
        (seen(at=("192.0.2.1",)), CNAME, "address_record", Routing.OK, Actor.YOU),
        (seen(at=("203.0.113.9",)), CNAME, "address_elsewhere", Routing.WRONG, Actor.YOU),
        (seen(at=("203.0.113.9",)), APEX, "address_elsewhere", Routing.WRONG, Actor.YOU),
        (seen(at=("203.0.113.9",)), OWN, "address_elsewhere", Routing.WRONG, Actor.US),
        (seen(asked=Asked.FAILED), CNAME, "could_not_ask", Routing.PENDING, Actor.NOBODY),
    ],
)
def test_each_finding_has_its_code_and_its_actor(
    evidence: Evidence, expectation: Expectation, code: str, routing: Routing, actor: Actor
) -> None:
    found = diagnose(evidence, expectation)
    assert (found.code, found.routing, found.actor) == (code, routing, actor)


@pytest.mark.parametrize("expectation", [APEX, OWN])
def test_nobody_is_blamed_while_our_own_addresses_are_unknown(expectation: Expectation) -> None:
    found = diagnose(seen(at=("203.0.113.9",)), replace(expectation, addresses=frozenset()))
    assert (found.code, found.actor, found.certain) == ("could_not_ask", Actor.NOBODY, False)


def test_an_address_without_cname_is_wrong_also_while_ours_are_unknown() -> None:
    found = diagnose(seen(at=("203.0.113.9",)), replace(CNAME, addresses=frozenset()))
    assert (found.code, found.actor) == ("address_elsewhere", Actor.YOU)


def test_record_to_add_is_named_in_full() -> None:
    found = diagnose(seen(asked=Asked.NXDOMAIN), CNAME)
    assert found.action == f"Add a CNAME record for {SHOP} with the target {TARGET}."
    assert found.expected == f"{SHOP} CNAME {TARGET}"


def test_apex_is_told_of_addresses() -> None:
    found = diagnose(seen(asked=Asked.NXDOMAIN), APEX)
    assert found.action == f"Add A and AAAA records for {SHOP} with 192.0.2.1, 2001:db8::1."


@pytest.mark.parametrize("evidence", [seen("other.example"), seen("other.example", SHOP)])
@pytest.mark.parametrize("expectation", [APEX, OWN])
def test_no_cname_is_advised_where_none_can_help(evidence: Evidence, expectation: Expectation) -> None:
    found = diagnose(evidence, expectation)
    assert found.action == (
        f"Replace the CNAME record of {SHOP} by A and AAAA records with 192.0.2.1, 2001:db8::1."
    )


def test_failed_question_is_told_in_its_own_words() -> None:
    failed = Evidence(SHOP, Asked.FAILED, failure="A shop.customer.example: SERVFAIL")
    assert "A shop.customer.example: SERVFAIL" in diagnose(failed, CNAME).seen


names = st.sampled_from([TARGET, SHOP, "www.customer.example", "other.example", "a.cdn.cloudflare.net", ""])
addresses = st.one_of(
    st.sampled_from([*OURS, *CLOUDFLARE]),
    st.ip_addresses(v=4, network=ipaddress.IPv4Network("203.0.113.0/24")).map(str),
    st.ip_addresses().map(str),
)
evidences = st.builds(
    Evidence,
    hostname=st.just(SHOP),
    asked=st.sampled_from(Asked),
    chain=st.lists(names, max_size=12).map(tuple),
    addresses=st.lists(addresses, max_size=5).map(tuple),
    failure=st.text(max_size=20),
)
expectations = st.builds(
    Expectation,
    cname_target=st.sampled_from([TARGET, None]),
    addresses=st.sampled_from([OURS, frozenset()]),
    apex=st.booleans(),
)


@given(evidences, expectations)
def test_every_finding_is_told_whole(evidence: Evidence, expectation: Expectation) -> None:
    found = diagnose(evidence, expectation)
    assert all((found.code, found.seen, found.expected, found.action))
    assert "None" not in found.action + found.expected
    assert from_json(to_json(found)) == found
    assert (found.routing is Routing.OK) == (found.code in ("ok", "address_record"))
    assert (found.actor is Actor.NOBODY) == (found.code in ("ok", "could_not_ask"))


@given(evidences, expectations)
def test_failed_question_never_blames(evidence: Evidence, expectation: Expectation) -> None:
    found: Diagnosis = diagnose(replace(evidence, asked=Asked.FAILED), expectation)
    assert (found.routing, found.actor, found.certain) == (Routing.PENDING, Actor.NOBODY, False)


@given(evidences, expectations)
def test_ok_means_our_target_or_nothing_but_our_addresses(
    evidence: Evidence, expectation: Expectation
) -> None:
    if diagnose(evidence, expectation).routing is Routing.OK:
        by_target = expectation.cname_target in evidence.chain
        assert by_target or (evidence.addresses and set(evidence.addresses) <= expectation.addresses)

"""Rules that no well-behaved server can be made to show, and the tables that they read."""

import ipaddress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dns import old_hosts, proxies
from edge.dns.authorities import authority
from edge.dns.diagnosis import diagnose
from edge.dns.dns_hosts import dns_host
from edge.dns.rules.chain import mark
from edge.dns.rules.naming import Ground, named
from edge.dns.sights import summary
from store.diagnosis import Actor, Authority, Diagnosis, Expectation, Routing
from store.dns_answers import Answer, Outcome, Record, Survey, View
from store.hostname import Hostname

SHOP = Hostname("shop.customer.example")
TARGET = "edge.platform.example"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PUBLIC = Ground(("platform.example.com",), public_ca=True)


def answered(name: str, kind: str, *records: Record, outcome: Outcome = Outcome.RECORDS) -> Answer:
    return Answer(View.ZONE, "ns1.customer.example (192.0.2.53)", name, kind, outcome, AT, records)


def judged(*answers: Answer, authority: Authority | None = None) -> Diagnosis:
    pointed = Record(SHOP, "CNAME", TARGET, 300)
    known = (answered(SHOP, "A", pointed), answered(SHOP, "AAAA", pointed))
    survey = Survey(AT, "customer.example", ("ns1.customer.example",), (*known, *answers))
    return diagnose(
        summary(survey, SHOP, TARGET), Expectation(TARGET, frozenset(), apex=False, authority=authority)
    )


@pytest.mark.parametrize("outcome", [Outcome.SERVFAIL, Outcome.REFUSED])
def test_ca_must_refuse_where_caa_is_declined(outcome: Outcome) -> None:
    found = judged(answered(SHOP, "CAA", outcome=outcome), authority=Authority(("our-ca.example",)))
    assert (found.code, found.routing, found.actor) == ("caa_fails", Routing.OK, Actor.DNS_HOST)
    assert f"{outcome.value} for CAA {SHOP}" in found.seen


def test_nobody_is_blamed_for_what_stands_above_the_domain() -> None:
    labels = (SHOP, "customer.example")
    none = (answered(label, "CAA", outcome=Outcome.EMPTY) for label in labels)
    declined = answered("example", "CAA", outcome=Outcome.REFUSED)
    assert judged(*none, declined, authority=Authority(("our-ca.example",))).code == "ok"


def test_caa_that_was_not_heard_forbids_nothing() -> None:
    lost = answered(SHOP, "CAA", outcome=Outcome.TIMEOUT)
    forbids = answered(
        "customer.example", "CAA", Record("customer.example", "CAA", '0 issue "other.example"', 60)
    )
    assert judged(lost, forbids, authority=Authority(("our-ca.example",))).code == "ok"


def test_embedded_ca_is_bound_by_no_caa() -> None:
    none = answered(SHOP, "CAA", outcome=Outcome.EMPTY)
    record = Record("customer.example", "CAA", '0 issue ";"', 60)
    forbids = answered("customer.example", "CAA", record)
    assert judged(none, forbids).code == "ok"
    assert judged(none, forbids, authority=Authority(("our-ca.example",))).code == "caa_forbids"


@pytest.mark.parametrize("apex", [True, False])
def test_record_twice_below_its_domain_is_told_by_the_panels_name(apex: bool) -> None:
    name = Hostname("customer.example") if apex else SHOP
    doubled = f"{name}.customer.example"
    absent = [answered(name, kind, outcome=Outcome.NXDOMAIN) for kind in ("A", "AAAA")]
    there = answered(doubled, "A", Record(doubled, "CNAME", TARGET, 300))
    survey = Survey(AT, "customer.example", (), (*absent, there), doubled=doubled)
    found = diagnose(summary(survey, name, TARGET), Expectation(TARGET, frozenset(), apex=apex))
    assert found.code == "name_doubled"
    assert f"Enter “{'@' if apex else 'shop'}”" in found.action


def test_text_beside_a_cname_is_named_and_works_so_far() -> None:
    found = judged(answered(SHOP, "TXT", Record(SHOP, "TXT", '"v=spf1"', 300)))
    assert (found.code, found.routing, found.actor) == ("cname_and_other", Routing.OK, Actor.YOU)
    assert found.action == f"Delete the TXT records of {SHOP} and keep the CNAME."


@pytest.mark.parametrize(
    ("actual", "marked"),
    [
        ("edge.platfrom.example", "edge.platf[ro]m.example"),
        ("edge.platform.exampel", "edge.platform.examp[el]"),
        ("edga.platform.example", "edg[a].platform.example"),
        ("edge.plattform.example", "edge.plat[t]form.example"),
        ("edge.platfrm.example", "edge.platf[]rm.example"),
        ("edge.platform.example.com", ""),
        ("shops.example", ""),
        (TARGET, ""),
    ],
)
def test_near_target_is_marked_where_it_differs(actual: str, marked: str) -> None:
    assert mark(actual, TARGET) == marked


@given(st.text("abc.", max_size=6), st.text("abc.", max_size=6))
def test_mark_changes_nothing_but_brackets(actual: str, target: str) -> None:
    marked = mark(actual, target)
    assert marked == "" or marked.replace("[", "").replace("]", "") == actual


@pytest.mark.parametrize(
    ("text", "code", "seen", "action"),
    [
        ("https://Billing.Acme.com/pay", "not_a_hostname", "We understand billing.acme.com", "Use billing.acme.com"),
        ("billing.acme.com:443", "not_a_hostname", "leave out the port", "Use billing.acme.com"),
        ("billing acme.com", "not_a_hostname", "no spaces", "Use billingacme.com"),
        ("my_shop.acme.com", "not_a_hostname", "no underscores", "Choose a name"),
        ("a" * 64 + ".acme.com", "not_a_hostname", "63 at most", "Choose a name"),
        ("192.0.2.1", "unusable_name", "it is an IP address", "Choose a name"),
        ("intranet", "unusable_name", "at least two parts", "Choose a name"),
        ("shop.acme.test", "unusable_name", "Names that end in .test belong to nobody", "Choose a name"),
        ("printer.local", "unusable_name", "Names that end in .local belong to nobody", "Choose a name"),
        ("shop.example.com", "unusable_name", "Names that end in .example.com", "Choose a name"),
        ("co.uk", "unusable_name", "co.uk is a public ending", "Choose a name"),
        ("x.platform.example.com", "unusable_name", "is one of our own names", "Choose a name"),
    ],
)  # fmt: skip
def test_name_that_cannot_be_used_is_told_before_any_question(
    text: str, code: str, seen: str, action: str
) -> None:
    found = named(text, PUBLIC)
    assert isinstance(found, Diagnosis)
    assert (found.code, found.actor) == (code, Actor.YOU)
    assert seen in found.seen and action in found.action


@pytest.mark.parametrize("text", ["shop.acme.test", "portal.localhost", "shop.example.com"])
def test_reserved_name_is_refused_only_for_a_public_ca(text: str) -> None:
    assert named(text, Ground((), public_ca=False)) == text


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_a_reason(text: str) -> None:
    found = named(text, PUBLIC)
    assert isinstance(found, str) or (found.seen and found.action)


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("104.16.1.1", "Cloudflare"),
        ("2606:4700::1", "Cloudflare"),
        ("151.101.1.1", "Fastly"),
        ("13.224.1.1", "CloudFront"),
        ("23.192.1.1", "Akamai"),
        ("203.0.113.9", None),
    ],
)
def test_proxy_is_known_by_its_network(address: str, proxy: str | None) -> None:
    assert proxies.proxy_of(address) == proxy


def test_table_of_proxies_is_dated_and_lists_no_network_of_our_own_side() -> None:
    assert date.fromisoformat(proxies.CHECKED_ON) <= date(2026, 11, 23)
    for networks in (proxies.NETWORKS, old_hosts.NETWORKS):
        for network in (ipaddress.ip_network(text) for texts in networks.values() for text in texts):
            assert network.is_global and network.prefixlen >= 8


@pytest.mark.parametrize(
    ("nameservers", "host"),
    [
        (("ada.ns.cloudflare.com", "bob.ns.cloudflare.com"), "Cloudflare"),
        (("ns01.domaincontrol.com",), "GoDaddy"),
        (("ns-2048.awsdns-64.com",), "Amazon Route 53"),
        (("ns1.dns-parking.com",), "Hostinger"),
        (("ns1.small-host.co.uk",), "small-host.co.uk"),
        (("ns1.customer.example",), ""),
        ((), ""),
    ],
)
def test_dns_host_is_told_by_its_servers(nameservers: tuple[str, ...], host: str) -> None:
    assert dns_host(nameservers, "customer.example") == host


def test_ca_is_told_by_its_directory_unless_the_settings_say() -> None:
    known = authority("https://acme-v02.api.letsencrypt.org/directory", (), "https://x/7", ("http-01",))
    assert known == Authority(("letsencrypt.org",), "https://x/7", ("http-01",))
    assert authority("https://127.0.0.1:14000/dir", (), "", ()).identities == ()
    assert authority("https://127.0.0.1:14000/dir", ("CA.example",), "", ()).identities == ("ca.example",)
    assert authority("https://evil-letsencrypt.org/dir", (), "", ()).identities == ()

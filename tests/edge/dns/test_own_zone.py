"""Our own zone, served by a real Knot to a real resolver: its CAA wins over a strict one at a customer's domain."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import dns.asyncresolver
import dns.name
import dns.resolver
import pytest

from edge.dns import own_zone
from edge.dns.examination import Examiner
from edge.dns.lookup import Lookup, Sources
from edge.dns.own_zone import OwnZone, Server
from edge.dns.resolver import Resolver
from store.diagnosis import Authority, History
from store.hostname import Hostname
from store.operations import Verdict
from tests.edge.dns.tree import AT, SUPPORT, destination
from tests.peers.knot import Knot
from tests.peers.ports import free_port
from tests.peers.unbound import Unbound

TARGET = "customers.platform.test"
ADDRESSES = ("192.0.2.1", "2001:db8::1")
CA = Authority(("our-ca.example",), "https://our-ca.example/acct/7", ("http-01", "tls-alpn-01"))
ZONE = OwnZone(TARGET, ADDRESSES, CA)
SERVED = own_zone.zone_file(ZONE, AT, Server(("ns.other.test",), "hostmaster.platform.test"))
SHARED, THEIRS = Hostname(TARGET), Hostname(f"t4k3n.{TARGET}")
CUSTOMER = f"""\
@ CAA 0 issue ";"
@ CAA 0 issuewild ";"
shared CNAME {TARGET}.
own CNAME {THEIRS}.
long CNAME own
bare A 192.0.2.1
"""


@dataclass(frozen=True)
class Served:
    """Where the resolver is."""

    resolver: str


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Knot({TARGET: SERVED, "strict.test": CUSTOMER}) as knot:
        zones = dict.fromkeys((TARGET, "strict.test", "test"), knot.address)
        with Unbound(zones, free_port()) as unbound:
            yield Served(unbound.address)


async def relevant(served: Served, name: str) -> set[str]:
    """RFC 8659 section 3, as a CA does it: up from the name; a resolver follows the alias of each label."""
    resolver = dns.asyncresolver.Resolver(configure=False)
    host, _, port = served.resolver.partition(":")
    resolver.nameservers, resolver.port = [host], int(port)
    label = dns.name.from_text(name)
    while label != dns.name.root:
        try:
            found = await resolver.resolve(label, "CAA", raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoNameservers):
            label = label.parent()
            continue
        if found.rrset:
            return {str(record) for record in found.rrset}
        label = label.parent()
    return set()


@pytest.mark.parametrize("name", ["shared.strict.test", "own.strict.test", "long.strict.test"])
async def test_caa_at_our_target_wins_over_a_strict_one_at_the_customers_apex(
    served: Served, name: str
) -> None:
    assert await relevant(served, name) == {own_zone.permission(CA)}
    assert (await diagnosed(served, name, CA)) == "ok"


async def test_strict_caa_stands_where_no_alias_leads_to_us(served: Served) -> None:
    assert await relevant(served, "bare.strict.test") == {'0 issue ";"', '0 issuewild ";"'}
    assert (await diagnosed(served, "bare.strict.test", CA)) == "caa_forbids"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (replace(CA, account="https://our-ca.example/acct/8"), "caa_pins"),
        (replace(CA, methods=("dns-01",)), "caa_pins"),
        (replace(CA, identities=("other-ca.example",)), "caa_forbids"),
    ],
)
async def test_nobody_but_our_account_may_issue_by_our_target(
    served: Served, other: Authority, code: str
) -> None:
    assert (await diagnosed(served, "own.strict.test", other)) == code


async def diagnosed(served: Served, name: str, authority: Authority) -> str:
    async def ours() -> frozenset[str]:
        return frozenset(ADDRESSES)

    lookup = Lookup(Sources(resolvers=(served.resolver,)), lambda: AT)
    examiner = Examiner(lookup, lambda: AT, ours, support=SUPPORT)
    aim = replace(destination(name), cname_target=SHARED if name == "shared.strict.test" else THEIRS)
    return (await examiner.examine(aim, History(), authority)).diagnosis.code


async def seen(served: Served) -> dict[tuple[str, str], tuple[str, ...] | None]:
    resolver = Resolver((served.resolver,))
    return {
        (name, kind): await resolver.records(name.replace("*", "any"), kind)
        for name in ZONE.names
        for kind in own_zone.KINDS
    }


async def test_zone_that_is_served_is_right(served: Served) -> None:
    found = own_zone.judged(ZONE, await seen(served))
    assert [(each.name, each.kind) for each in found] == [
        (name, kind) for name in (TARGET, f"*.{TARGET}") for kind in ("A", "AAAA", "CAA")
    ]
    assert {each.verdict for each in found} == {Verdict.RIGHT}


@pytest.mark.parametrize(
    ("zone", "kind", "verdict"),
    [
        (replace(ZONE, addresses=("192.0.2.1", "192.0.2.2", "2001:db8::1")), "A", Verdict.MISSING),
        (replace(ZONE, addresses=("192.0.2.2", "2001:db8::1")), "A", Verdict.WRONG),
        (replace(ZONE, addresses=("192.0.2.1",)), "AAAA", Verdict.WRONG),
        (replace(ZONE, authority=replace(CA, account="https://our-ca.example/acct/8")), "CAA", Verdict.WRONG),
        (replace(ZONE, authority=None), "CAA", Verdict.RIGHT),
    ],
)
async def test_record_that_differs_is_named(
    served: Served, zone: OwnZone, kind: str, verdict: Verdict
) -> None:
    for each in own_zone.judged(zone, await seen(served)):
        assert each.verdict is (verdict if each.kind == kind else Verdict.RIGHT), each


def test_record_that_is_not_there_is_missing_and_none_that_was_not_asked_about() -> None:
    nothing = {(name, kind): () for name in ZONE.names for kind in own_zone.KINDS}
    assert {each.verdict for each in own_zone.judged(ZONE, nothing)} == {Verdict.MISSING}
    unheard = dict.fromkeys(nothing)
    assert {each.verdict for each in own_zone.judged(ZONE, unheard)} == {Verdict.UNKNOWN}
    bare = OwnZone(TARGET, ("192.0.2.1",), None)
    assert {each.kind for each in own_zone.judged(bare, nothing)} == {"A"}


def test_second_ca_beside_ours_is_the_providers_choice() -> None:
    both = (own_zone.permission(CA), '0 issue "other-ca.example"', '0 iodef "mailto:x@platform.test"')
    found = own_zone.judged(ZONE, {(n, k): both for n in ZONE.names for k in own_zone.KINDS})
    assert {each.verdict for each in found if each.kind == "CAA"} == {Verdict.RIGHT}

"""The climb to the CAA records that decide, as a CA makes it."""

from collections.abc import Iterator

import pytest

from edge.dns.preflight.permission import Permission, permission
from edge.dns.resolver import Resolver
from store.diagnosis import Authority
from store.hostname import Hostname
from tests.peers.knot import Knot
from tests.peers.ports import free_port
from tests.peers.unbound import Unbound

SHOP = Hostname("shop.eu.customer.test")
ACCOUNT = "https://ca.example/acct/1"
CA = Authority(("ca.example",), ACCOUNT, ("http-01",))
OURS, OTHERS = '0 issue "ca.example"', '0 issue "other.example"'
Records = dict[str, tuple[str, ...] | None]


@pytest.fixture
def permitting() -> Iterator[Unbound]:
    """A domain that permits another CA alone, with one name that leads to a zone which permits ours."""
    customer = '@ CAA 0 issue "other.example"\nshop CNAME edge.platform.test.\nbare A 192.0.2.1\n'
    platform = 'edge A 192.0.2.1\nedge CAA 0 issue "ca.example"\n'
    with Knot({"customer.test": customer, "platform.test": platform}) as knot:
        zones = {zone: knot.address for zone in ("customer.test", "platform.test")}
        with Unbound(zones, free_port()) as unbound:
            yield unbound


async def climbed(found: Records, authority: Authority = CA) -> Permission:
    async def records(name: str, kind: str) -> tuple[str, ...] | None:
        assert kind == "CAA"
        return found.get(name, ())

    return await permission(SHOP, authority, records)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ({}, ""),
        ({SHOP: (OTHERS,)}, "caa_forbids"),
        ({SHOP: (OURS,), "customer.test": (OTHERS,)}, ""),
        ({"eu.customer.test": (OURS,), "customer.test": (OTHERS,)}, ""),
        ({"customer.test": (OTHERS,)}, "caa_forbids"),
        ({"customer.test": ('0 issue ";"',)}, "caa_forbids"),
        ({"test": (OTHERS,)}, "caa_forbids"),
        ({"customer.test": ('0 iodef "mailto:a@b.example"',)}, ""),
        ({"customer.test": ('0 issuewild ";"',)}, ""),
        ({"customer.test": ('128 tbs "unknown"',)}, "caa_forbids"),
        ({SHOP: (f'0 issue "ca.example; accounturi={ACCOUNT}"',)}, ""),
        ({SHOP: ('0 issue "ca.example; accounturi=https://ca.example/acct/2"',)}, "caa_pins"),
        ({SHOP: ('0 issue "ca.example; validationmethods=dns-01"',)}, "caa_pins"),
        ({SHOP: ('0 issue "ca.example; validationmethods=dns-01,http-01"',)}, ""),
    ],
)
async def test_the_nearest_records_decide(found: Records, code: str) -> None:
    assert (await climbed(found)).code == code


@pytest.mark.parametrize("unanswered", [SHOP, "eu.customer.test"])
async def test_what_lies_behind_an_unanswered_question_is_not_held_against_a_name(unanswered: str) -> None:
    assert await climbed({unanswered: None, "customer.test": (OTHERS,)}) == Permission()


async def test_a_question_that_failed_behind_the_deciding_records_does_not_matter() -> None:
    assert (await climbed({SHOP: (OTHERS,), "customer.test": None})).code == "caa_forbids"


async def test_a_ca_of_which_we_know_no_name_is_not_said_to_be_forbidden() -> None:
    assert await climbed({SHOP: (OTHERS,)}, Authority((), ACCOUNT, ("http-01",))) == Permission()


async def test_records_at_the_end_of_an_alias_win_over_those_of_the_domain(permitting: Unbound) -> None:
    resolver = Resolver((permitting.address,))
    permitted = await permission(Hostname("shop.customer.test"), CA, resolver.records)
    forbidden = await permission(Hostname("bare.customer.test"), CA, resolver.records)
    assert permitted == Permission()
    assert forbidden.code == "caa_forbids"
    assert forbidden.record.startswith('customer.test CAA 0 issue "other.example"')

"""Each mistake shows in the DNS as it does in life, and is put right without a trace."""

import dns.message
import dns.rcode
import pytest

from demo.mistakes import CLOUDFLARE_V4, OLD_HOST_V4, OLD_HOST_V6, Mishaps, Mistake, mistyped
from demo.records import Record
from demo.zone import Zone
from store.hostname import Hostname

TARGET = "customers.provider.example"
FOO = Hostname("foo.com")
NAME = "billing.foo.com"


@pytest.fixture
def zone() -> Zone:
    zone = Zone({TARGET: ["127.0.0.1", "::1"]})
    zone.add(Record(NAME, "CNAME", TARGET + "."))
    zone.add(Record(NAME, "TXT", '"kept"'))
    return zone


def make(zone: Zone, mistake: Mistake | None, name: str = NAME) -> list[tuple[str, str, str]]:
    Mishaps(zone).make(mistake, name, FOO, TARGET)
    return [(r.name, r.type, r.value) for r in zone.records(FOO) if r.type != "TXT"]


@pytest.mark.parametrize(
    ("mistake", "left"),
    [
        (Mistake.MISTYPED, [(NAME, "CNAME", "csutomers.provider.example.")]),
        (Mistake.DOUBLED, [(f"{NAME}.foo.com", "CNAME", TARGET + ".")]),
        (Mistake.RELATIVE, [(NAME, "CNAME", f"{TARGET}.foo.com.")]),
        (Mistake.LOOP, [(NAME, "CNAME", f"www-{NAME}."), (f"www-{NAME}", "CNAME", NAME + ".")]),
        (Mistake.OLD_HOST, [(NAME, "A", OLD_HOST_V4)]),
        (Mistake.TWO_HOSTS, [(NAME, "A", "127.0.0.1"), (NAME, "A", OLD_HOST_V4), (NAME, "AAAA", "::1")]),
        (Mistake.OLD_IPV6, [(NAME, "A", "127.0.0.1"), (NAME, "AAAA", OLD_HOST_V6)]),
        (Mistake.NOTHING, []),
        (Mistake.CAA, [(FOO, "CAA", '0 issue "another-ca.example"'), (NAME, "CNAME", TARGET + ".")]),
    ],
)
def test_mistake_leaves_these_records(zone: Zone, mistake: Mistake, left: list[tuple[str, str, str]]) -> None:
    assert make(zone, mistake) == left


def test_orange_cloud_hides_the_name_behind_cloudflare(zone: Zone) -> None:
    make(zone, Mistake.PROXIED)
    assert zone.addresses(NAME, "A") == list(CLOUDFLARE_V4)


@pytest.mark.parametrize(
    ("mistake", "rcode"), [(Mistake.SERVFAIL, dns.rcode.SERVFAIL), (Mistake.LAPSED, dns.rcode.NXDOMAIN)]
)
def test_domain_fails_as_a_whole(zone: Zone, mistake: Mistake, rcode: dns.rcode.Rcode) -> None:
    make(zone, mistake)
    reply = zone.answer(dns.message.make_query(NAME, "CNAME"))
    assert reply and reply.rcode() == rcode


def test_unplugged_domain_is_silent(zone: Zone) -> None:
    make(zone, Mistake.SILENT)
    assert zone.answer(dns.message.make_query(NAME, "CNAME")) is None


@pytest.mark.parametrize("mistake", Mistake)
def test_every_mistake_is_put_right_without_a_trace(zone: Zone, mistake: Mistake) -> None:
    before, mishaps = zone.records(FOO), Mishaps(zone)
    mishaps.make(mistake, NAME, FOO, TARGET)
    mishaps.make(None, NAME, FOO, TARGET)
    assert (zone.records(FOO), zone.fault(FOO)) == (before, None)


def test_apex_is_put_right_by_an_alias(zone: Zone) -> None:
    assert (FOO, "ALIAS", TARGET + ".") in make(zone, None, FOO)


@pytest.mark.parametrize("target", [TARGET, "aaa.example", "a.example"])
def test_mistyped_target_always_differs(target: str) -> None:
    assert mistyped(target) != target

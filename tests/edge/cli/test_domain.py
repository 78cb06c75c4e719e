"""`brassplate domain` as scripts use it; the DNS is Debian's knot."""

import json
from collections.abc import Iterator

import pytest

from store import domains, issuance
from store.destination import Room
from store.hostname import Hostname
from tests import factories
from tests.edge.cli.desk import Desk
from tests.peers.knot import Knot

SHOP = "shop.customer.test"
ADD = ("domain", "add", SHOP, "--organisation", "meridian")
DIAGNOSIS = {"code", "seen", "expected", "action", "actor"}
CUSTOMER = """\
@ A 192.0.2.1
shop CNAME edge.platform.test.
wrong CNAME other.customer.test.
other A 203.0.113.9
proxied A 104.16.1.1
xn--bcher-kva CNAME edge.platform.test.
"""


@pytest.fixture(scope="module")
def knot() -> Iterator[Knot]:
    zones = {
        "customer.test": CUSTOMER,
        "platform.test": "edge A 192.0.2.1\n",
        "provider.test": "admin A 192.0.2.1\n",
        "broken.test": None,
    }
    with Knot(zones) as running:
        yield running


@pytest.fixture
def asking(meridian: Desk, knot: Knot) -> Desk:
    """A desk whose DNS is knot."""
    meridian.configure(resolver=knot.address)
    return meridian


def test_added_name_is_shown_as_one_object(meridian: Desk) -> None:
    assert meridian.done(*ADD, "--json").json == {"hostname": SHOP, "cname_target": "edge.platform.test"}
    found = meridian.done("domain", "show", SHOP, "--json").json
    expected: dict[str, object] = {
        "hostname": SHOP,
        "routing": "pending",
        "certificate": "none",
        "diagnosis": None,
        "attempts": [],
    }
    assert expected.items() <= found.items()


def test_words_say_what_the_dns_needs(meridian: Desk) -> None:
    assert meridian.done(*ADD).out == f"{SHOP} added; its DNS needs: {SHOP} CNAME edge.platform.test\n"
    said = meridian.done("domain", "add", "customer.test", "--organisation", "meridian")
    assert "customer.test A and AAAA records with the addresses of edge.platform.test" in said.out


def test_international_name_is_kept_by_its_a_labels(meridian: Desk) -> None:
    said = meridian.done("domain", "add", "Bücher.Customer.test.", "--organisation", "meridian", "--json")
    assert said.json["hostname"] == "xn--bcher-kva.customer.test"
    assert meridian.typed("domain", "show", "bücher.customer.test").code == 0


def test_upstream_is_kept(meridian: Desk) -> None:
    meridian.done(*ADD, "--upstream", "http://127.0.0.1:3000")
    domain = meridian.store(lambda db: domains.by_hostname(db, Hostname(SHOP)))
    assert domain and (domain.destination.room, domain.destination.upstreams) == (
        Room.UPSTREAM,
        ("http://127.0.0.1:3000",),
    )


def test_names_are_listed(meridian: Desk) -> None:
    meridian.done(*ADD)
    [row] = meridian.done("domain", "list", "--json").json
    assert (row["hostname"], row["routing"], row["certificate"]) == (SHOP, "pending", "none")
    assert meridian.done("domain", "list").out == f"{SHOP}\tportal\trouting pending\tcertificate none\n"


def test_removed_name_is_gone(meridian: Desk) -> None:
    meridian.done(*ADD)
    assert meridian.done("domain", "remove", SHOP, "--json").json == {"hostname": SHOP, "removed": True}
    assert meridian.done("domain", "list").out == ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (ADD, f"{SHOP}: this organisation has it already"),
        (("add", "x.customer.test", "--organisation", "nobody"), "there is no organisation 'nobody'"),
        (("add", "admin.provider.test", "--organisation", "meridian"), "is the provider's own name"),
        (
            ("add", "https://x.test/", "--organisation", "meridian"),
            "is not a host name: leave out the scheme",
        ),
        (("add", "192.0.2.1", "--organisation", "meridian"), "it is an IP address"),
        (("add", "localhost", "--organisation", "meridian"), "at least two parts"),
        (("show", "other.customer.test"), "other.customer.test is not registered here"),
        (("remove", "other.customer.test"), "other.customer.test is not registered here"),
        (("check", "no name"), "a host name has no spaces"),
    ],
)
def test_refusal_says_why_and_changes_nothing(meridian: Desk, words: tuple[str, ...], reason: str) -> None:
    meridian.done(*ADD)
    said = meridian.typed(*(words if words[0] == "domain" else ("domain", *words)))
    assert (said.code, said.out) == (1, "") and reason in said.err
    assert [domain.hostname for domain in meridian.store(domains.every)] == [SHOP]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:3000",
        "127.0.0.1:3000",
        "http://",
        "http://x:port",
        "http://x:99999",
        "http://[::1",
        "http://u:p@x",
        "http://x/?q=1",
        "http://x/#f",
        "http://x y/",
        "http://x\n",
    ],
)
def test_upstream_that_cannot_work_is_refused(meridian: Desk, url: str) -> None:
    said = meridian.typed(*ADD, "--upstream", url)
    assert said.code == 1 and "give http://HOST:PORT" in said.err
    assert meridian.store(domains.every) == []


def test_several_upstreams_are_refused_until_they_are_built(meridian: Desk) -> None:
    said = meridian.typed(*ADD, "--upstream", "http://a", "--upstream", "http://b")
    assert said.code == 1 and "not built yet" in said.err


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize(
    ("name", "code", "finding", "routing"),
    [
        (SHOP, 0, "ok", "ok"),
        ("customer.test", 0, "ok", "ok"),
        ("bücher.customer.test", 0, "ok", "ok"),
        ("wrong.customer.test", 1, "cname_elsewhere", "wrong"),
        ("proxied.customer.test", 1, "proxied", "proxied"),
        ("nowhere.customer.test", 1, "no_record", "pending"),
        ("shop.broken.test", 2, "could_not_ask", "pending"),
        ("shop.unknown.test", 2, "could_not_ask", "pending"),
    ],
)
def test_check_judges_by_the_dns_alone(
    asking: Desk, name: str, code: int, finding: str, routing: str, registered: bool
) -> None:
    if registered:
        asking.done("domain", "add", name, "--organisation", "meridian")
    said = asking.typed("domain", "check", name, "--json")
    assert (said.code, said.err, len(said.out.splitlines())) == (code, "", 1)
    assert said.json.keys() >= {"hostname", "routing", "certificate", "diagnosis"}
    assert (said.json["routing"], said.json["certificate"]) == (routing, "none")
    assert said.json["diagnosis"].keys() >= DIAGNOSIS
    assert said.json["diagnosis"]["code"] == finding


def test_check_of_the_providers_own_name_is_by_address(asking: Desk) -> None:
    assert asking.typed("domain", "check", "admin.provider.test", "--json").code == 0


def test_apex_is_checked_against_the_addresses_of_the_target(asking: Desk, knot: Knot) -> None:
    asking.configure(resolver=knot.address, addresses="[]")
    assert asking.typed("domain", "check", "customer.test").code == 0


def test_check_says_in_words_what_to_do(asking: Desk) -> None:
    said = asking.typed("domain", "check", "wrong.customer.test")
    assert said.out.startswith("wrong.customer.test: cname_elsewhere\n")
    assert "edge.platform.test. (you)\n" in said.out


def test_check_changes_no_fact(asking: Desk) -> None:
    asking.done(*ADD)
    asking.typed("domain", "check", SHOP)
    domain = asking.store(lambda db: domains.by_hostname(db, Hostname(SHOP)))
    assert domain and (domain.diagnosis, domain.checked_at) == (None, None)


def test_show_tells_of_a_failure_and_its_words(meridian: Desk) -> None:
    meridian.done(*ADD)
    meridian.store(
        lambda db: (
            db.execute(
                "INSERT INTO issuance (hostname, state, failures, cause, detail, retry_at)"
                " VALUES (?, 'failed', 1, 'ca:caa', 'CAA forbids', 0)",
                (SHOP,),
            ).rowcount
        )
    )
    found = meridian.done("domain", "show", SHOP, "--json").json
    assert (found["certificate"], found["cause"], found["detail"]) == ("failed", "ca:caa", "CAA forbids")
    assert found["retry_at"] == "1970-01-01T00:00:00+00:00"
    assert f"cause: {json.dumps('ca:caa')[1:-1]}" in meridian.done("domain", "show", SHOP).out
    assert meridian.store(lambda db: issuance.standing(db, Hostname(SHOP))).failures == 1


def test_show_tells_of_the_watch_once_the_name_serves(meridian: Desk) -> None:
    meridian.done(*ADD)
    assert meridian.done("domain", "show", SHOP, "--json").json["watch"] is None
    meridian.store(lambda db: domains.set_live(db, Hostname(SHOP), factories.NOW))
    watch = meridian.done("domain", "show", SHOP, "--json").json["watch"]
    assert (watch["place"], watch["suspected"], watch["looked_at"]) == ("here", None, None)
    assert watch["next_look_at"] >= factories.NOW.isoformat()

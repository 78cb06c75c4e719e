"""`brassplate domain check` over a private DNS from its root down: as JSON for scripts, in words for people."""

from collections.abc import Iterator

import pytest

from store import domains
from store.hostname import Hostname
from tests.edge.cli.desk import Desk
from tests.edge.dns import tree as trees
from tests.edge.dns.tree import Tree

SHOP = "shop.customer.test"
CONFIGURATION = """
[edge]
https = ["127.0.0.1:0"]
http = ["127.0.0.1:0"]
admin_host = "admin.platform.test"
cname_target = "edge.platform.test"
addresses = ["192.0.2.1", "2001:db8::1"]
[issuer]
kind = "{issuer}"
[acme]
directory = "https://127.0.0.1:14000/dir"
contact = "ops@platform.test"
agree_terms = true
trust_file = "{trust}"
caa_identities = ["our-ca.example"]
[operator]
support_email = "help@platform.test"
[dns]
resolvers = ["{resolver}"]
root_hints = ["{hint}"]
private_servers = true
"""


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with trees.tree() as running:
        yield running


@pytest.fixture
def desk(meridian: Desk, tree: Tree) -> Desk:
    configure(meridian, tree)
    return meridian


def configure(desk: Desk, tree: Tree, issuer: str = "acme", trust: str = "test-ca.pem") -> None:
    given = {"issuer": issuer, "trust": trust, "resolver": tree.validating, "hint": tree.hint}
    desk.config.write_text(CONFIGURATION.format(**given))


def test_object_holds_the_three_views_and_all_that_was_seen(desk: Desk, tree: Tree) -> None:
    said = desk.typed("domain", "check", "elsewhere.customer.test", "--json")
    found = said.json
    assert (said.code, found["routing"], found["zone"]) == (1, "wrong", "customer.test")
    assert found["nameservers"] == ["ns1.customer.test", "ns2.customer.test"]
    port = tree.port
    zone = {"said": "CNAME portal.other.test", "ttl": 300}
    assert found["views"]["zone"] == [
        {"server": f"ns1.customer.test (127.0.0.4:{port})", **zone},
        {"server": f"ns2.customer.test (127.0.0.5:{port})", **zone},
    ]
    assert [each["server"] for each in found["views"]["ours"]] == [tree.validating]
    diagnosis = found["diagnosis"]
    assert (diagnosis["code"], diagnosis["actor"]) == ("cname_elsewhere", "you")
    assert diagnosis["next_check_at"] and diagnosis["cached_until"]
    own = [answer for answer in found["evidence"] if answer["view"] == "zone" and answer["kind"] == "A"]
    assert own[0].keys() >= {"server", "name", "outcome", "records", "at", "transport", "milliseconds"}


def test_words_show_the_three_views_as_a_table(desk: Desk, tree: Tree) -> None:
    said = desk.typed("domain", "check", SHOP)
    lines = said.out.splitlines()
    assert (said.code, lines[0]) == (0, f"{SHOP}: ok")
    assert [line.split()[0] for line in lines[-3:]] == ["zone", "zone", "ours"]
    assert "CNAME edge.platform.test" in lines[-3]


def test_server_that_fails_has_its_reason_in_the_table(desk: Desk, tree: Tree) -> None:
    said = desk.typed("domain", "check", "shop.lame.test")
    rows = [line.split() for line in said.out.splitlines() if line.startswith("  zone")]
    assert [row[-1] for row in rows] == ["REFUSED", "REFUSED"]
    changed = desk.typed("domain", "check", "mistyped.customer.test").out
    assert "  caches    keep this until " in changed and "  again     worth a look from " in changed


@pytest.mark.parametrize(
    ("name", "code", "finding", "actor"),
    [
        ("shop.lame.test", 2, "servers_fail", "your DNS host"),
        ("shop.bogus.test", 1, "dnssec_broken", "you"),
        ("strict.test", 0, "caa_forbids", "you"),
        ("ours.customer.test", 0, "address_record", "you"),
        ("shop.wild.test", 0, "ok", "nobody"),
    ],
)
def test_exit_code_is_that_of_the_routing(desk: Desk, name: str, code: int, finding: str, actor: str) -> None:
    said = desk.typed("domain", "check", name, "--json")
    assert (said.code, said.json["diagnosis"]["code"], said.json["diagnosis"]["actor"]) == (
        code,
        finding,
        actor,
    )


def test_embedded_ca_needs_no_permission(desk: Desk, tree: Tree) -> None:
    configure(desk, tree, issuer="local")
    assert desk.typed("domain", "check", "strict.test", "--json").json["diagnosis"]["code"] == "ok"


def test_reserved_name_is_refused_for_a_public_ca_alone(desk: Desk, tree: Tree) -> None:
    configure(desk, tree, trust="")
    said = desk.typed("domain", "check", SHOP, "--json")
    assert (said.code, said.json["diagnosis"]["code"], said.json["evidence"]) == (1, "unusable_name", [])
    assert "belong to nobody" in desk.typed("domain", "check", SHOP).err


def test_what_is_no_name_is_one_object_too(desk: Desk) -> None:
    said = desk.typed("domain", "check", "https://shop.customer.test/pay", "--json")
    assert (said.code, said.err, said.json["diagnosis"]["code"]) == (1, "", "not_a_hostname")
    assert "We understand shop.customer.test" in said.json["diagnosis"]["seen"]


def test_name_of_another_organisation_is_told_as_that_one_hears_it(desk: Desk) -> None:
    desk.done("domain", "add", SHOP, "--organisation", "meridian")
    desk.done("organisation", "add", "harbour", "--name", "Harbour")
    other = desk.typed("domain", "check", SHOP, "--organisation", "harbour", "--json")
    assert (other.code, other.json["diagnosis"]["code"]) == (1, "held_elsewhere")
    assert desk.typed("domain", "check", SHOP, "--organisation", "meridian", "--json").code == 0
    unknown = desk.typed("domain", "check", SHOP, "--organisation", "nobody")
    assert "there is no organisation 'nobody'" in unknown.err


def test_support_stands_beside_what_the_provider_must_do(desk: Desk) -> None:
    said = desk.typed("domain", "check", "admin.platform.test")
    assert said.code == 1
    assert "(us: help@platform.test)" in said.out


def test_check_keeps_nothing(desk: Desk) -> None:
    desk.done("domain", "add", SHOP, "--organisation", "meridian")
    desk.typed("domain", "check", SHOP)
    domain = desk.store(lambda db: domains.by_hostname(db, Hostname(SHOP)))
    assert domain and domain.checked_at is None
    assert desk.done("domain", "show", SHOP, "--json").json["evidence"] is None

"""`brassplate dns-zone`: read by dnspython, checked by Knot's own tool, and served by a real Knot."""

import subprocess
from pathlib import Path

import dns.zone
import pytest

from store import acme_state
from store.acme_state import Account
from tests import factories
from tests.edge.cli.desk import Desk
from tests.peers.knot import Knot

TARGET = "customers.platform.test"
DIRECTORY = "https://ca.example/dir"
ACCOUNT = "https://ca.example/acct/7"
CONFIGURATION = """
[edge]
https = ["127.0.0.1:0"]
http = ["127.0.0.1:0"]
admin_host = "admin.platform.test"
cname_target = "customers.platform.test"
addresses = {addresses}
[issuer]
kind = "{issuer}"
[acme]
directory = "https://ca.example/dir"
contact = "ops@platform.test"
agree_terms = true
caa_identities = {identities}
[dns]
resolvers = ["{resolver}"]
"""
WHOLE = ("dns-zone", "--server", "ns1.platform.test", "--server", "ns2.platform.test")
PINNED = f'0 issue "ca.example; accounturi={ACCOUNT}; validationmethods=http-01,tls-alpn-01"'


@pytest.fixture
def known(meridian: Desk) -> Desk:
    """With an account at the CA."""
    configure(meridian)
    account = Account(DIRECTORY, ACCOUNT, "ops@platform.test", b"")
    meridian.store(lambda db: acme_state.put_account(db, account, factories.NOW))
    return meridian


def configure(
    desk: Desk,
    *,
    addresses: str = '["192.0.2.1", "2001:db8::1"]',
    issuer: str = "acme",
    identities: str = '["ca.example"]',
    resolver: str = "127.0.0.1:1",
) -> None:
    given = {"addresses": addresses, "issuer": issuer, "identities": identities, "resolver": resolver}
    desk.config.write_text(CONFIGURATION.format(**given))


def values(text: str, name: str, kind: str) -> list[str]:
    zone = dns.zone.from_text(text, TARGET, relativize=False, check_origin=False)
    found = zone.get_rdataset(f"{name}.", kind)
    return sorted(str(record) for record in found or ())


def test_zone_leads_the_target_and_all_below_it_here_for_our_account_alone(known: Desk) -> None:
    said = known.typed(*WHOLE)
    assert said.code == 0
    for name in (TARGET, f"*.{TARGET}"):
        assert values(said.out, name, "A") == ["192.0.2.1"]
        assert values(said.out, name, "AAAA") == ["2001:db8::1"]
        assert values(said.out, name, "CAA") == [PINNED]
    assert values(said.out, TARGET, "NS") == ["ns1.platform.test.", "ns2.platform.test."]
    (soa,) = values(said.out, TARGET, "SOA")
    assert soa.startswith(f"ns1.platform.test. hostmaster.{TARGET}. ")


def test_without_servers_soa_and_ns_are_hints(known: Desk) -> None:
    text = known.typed("dns-zone").out
    assert "; @ SOA" in text and "; @ NS" in text
    assert values(text, TARGET, "SOA") == values(text, TARGET, "NS") == []
    assert values(text, f"*.{TARGET}", "CAA") == [PINNED]


def test_knot_finds_nothing_wrong_and_serves_it(known: Desk, tmp_path: Path) -> None:
    text = known.typed(*WHOLE, "--hostmaster", "dns@platform.test").out
    file = tmp_path / "zone"
    file.write_text(text)
    checked = subprocess.run(
        ["/usr/bin/kzonecheck", "-o", f"{TARGET}.", str(file)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    with Knot({TARGET: text}) as knot:
        configure(known, addresses="[]", resolver=knot.address)
        assert values(known.typed("dns-zone").out, TARGET, "AAAA") == ["2001:db8::1"]


def test_addresses_are_said_where_nobody_knows_them_yet(known: Desk) -> None:
    configure(known, addresses="[]")
    refused = known.typed("dns-zone")
    assert refused.code == 1 and "give --address, or set edge.addresses" in refused.err
    text = known.typed("dns-zone", "--address", "198.51.100.7", "--address", "2001:DB8::7").out
    assert values(text, TARGET, "A") == ["198.51.100.7"]
    assert values(text, TARGET, "AAAA") == ["2001:db8::7"]


def test_account_that_is_not_there_yet_is_said(meridian: Desk) -> None:
    configure(meridian)
    text = meridian.typed("dns-zone").out
    assert values(text, TARGET, "CAA") == ['0 issue "ca.example; validationmethods=http-01,tls-alpn-01"']
    assert "there is none at the CA yet" in text


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({"issuer": "local"}, "the embedded CA is bound by none"),
        ({"identities": "[]"}, "acme.caa_identities"),
    ],
)
def test_no_caa_where_none_can_help(known: Desk, given: dict[str, str], note: str) -> None:
    configure(known, **given)
    text = known.typed("dns-zone").out
    assert values(text, TARGET, "CAA") == []
    assert note in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--address", "nowhere"), "not an IP address"),
        (("--server", "no name"), "is not a host name"),
        (("--server", "ns1.platform.test", "--hostmaster", "@@"), "is not a host name"),
    ],
)
def test_what_cannot_be_in_a_zone_is_refused(known: Desk, arguments: tuple[str, ...], words: str) -> None:
    refused = known.typed("dns-zone", *arguments)
    assert refused.code == 1 and words in refused.err and refused.out == ""

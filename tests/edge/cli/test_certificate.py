import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import certificates, issuance
from store.certificates import Certificate
from store.hostname import Hostname
from tests.edge.cli.desk import Desk
from tests.fakes.own_ca import Authority, new_key, pem

DAY = timedelta(days=1)
SHOP = Hostname("shop.customer.test")


@pytest.fixture
def certified(meridian: Desk) -> Desk:
    """A name with a certificate that is due in a month."""
    meridian.done("domain", "add", SHOP, "--organisation", "meridian")
    now = datetime.now(UTC).replace(microsecond=0)
    ends_at = now + timedelta(days=60)
    certificate = Certificate(SHOP, "ab12", "chain", b"sealed", "local", now - timedelta(days=1), ends_at)

    def put(db: sqlite3.Connection) -> None:
        certificates.add(db, certificate, now)
        db.execute("INSERT INTO issuance (hostname, state) VALUES (?, 'issued')", (SHOP,))
        issuance.postpone(db, SHOP, now + timedelta(days=30))

    meridian.store(put)
    return meridian


def test_certificates_are_listed(certified: Desk) -> None:
    [row] = certified.done("certificate", "list", "--json").json
    assert (row["hostname"], row["serial"], row["issuer"]) == (SHOP, "ab12", "local")
    assert row["not_before"] < row["not_after"]
    assert certified.done("certificate", "list").out == f"{SHOP}\tuntil {row['not_after']}\tlocal\tab12\n"


def test_nothing_is_an_empty_list(meridian: Desk) -> None:
    assert json.loads(meridian.done("certificate", "list", "--json").out) == []


def test_renewal_is_due_at_once(certified: Desk) -> None:
    certified.done("certificate", "renew", SHOP.upper())
    assert certified.store(lambda db: issuance.due(db, datetime.now(UTC), 5)) == [SHOP]


ROOT = Authority("Root of Trust")
KEY = new_key()


def test_own_certificate_is_served_until_it_is_withdrawn(meridian: Desk, tmp_path: Path) -> None:
    meridian.done("domain", "add", SHOP, "--organisation", "meridian")
    now = datetime.now(UTC).replace(microsecond=0)
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(ROOT.leaf(SHOP, key=KEY, not_before=now - DAY, not_after=now + 50 * DAY))
    key.write_bytes(pem(KEY))
    refused = meridian.typed("certificate", "upload", SHOP, str(chain), str(key))
    assert refused.code == 1 and "“Root of Trust”, which signed yours, is missing" in refused.err
    meridian.trust(ROOT.pem)
    said = meridian.done("certificate", "upload", SHOP, str(chain), str(key))
    assert said.out.startswith(f"{SHOP} is served with Root of Trust's certificate until ")
    assert meridian.done("certificate", "list", "--json").json[0]["issuer"] == "Root of Trust"
    meridian.done("certificate", "withdraw", SHOP)
    again = meridian.typed("certificate", "withdraw", SHOP)
    assert (again.code, again.err) == (1, f"brassplate: nothing was uploaded for {SHOP}\n")


def test_wildcard_of_the_providers_domain_is_taken_and_no_other(meridian: Desk, tmp_path: Path) -> None:
    meridian.configure(provider_domain="portals.provider.test")
    meridian.trust(ROOT.pem)
    now = datetime.now(UTC).replace(microsecond=0)
    both = tmp_path / "both.pem"
    names = ("*.portals.provider.test", "portals.provider.test")
    chain = ROOT.leaf(*names, key=KEY, not_before=now - DAY, not_after=now + 50 * DAY)
    both.write_bytes(chain + pem(KEY))
    said = meridian.done("certificate", "upload", "*.portals.provider.test", str(both))
    assert said.out.startswith("*.portals.provider.test is served with Root of Trust's certificate until ")
    label = Hostname("meridian.portals.provider.test")
    standing = meridian.store(lambda db: certificates.standing(db, label, now))
    assert standing and standing.hostname == "*.portals.provider.test"
    other = meridian.typed("certificate", "upload", "*.customer.test", str(both))
    assert other.code == 1 and "the only wildcard that serves names here is *.portals" in other.err
    meridian.done("certificate", "withdraw", "*.portals.provider.test")
    assert meridian.store(lambda db: certificates.standing(db, label, now)) is None


@pytest.mark.parametrize(
    ("host", "file", "why"),
    [
        (
            "other.customer.test",
            "key.pem",
            "other.customer.test is not registered; see brassplate domain list",
        ),
        (SHOP, "none.pem", "none.pem: No such file or directory"),
        (SHOP, "key.pem", "There is no certificate in what you sent."),
    ],
)
def test_what_cannot_be_uploaded_is_told(
    meridian: Desk, tmp_path: Path, host: str, file: str, why: str
) -> None:
    meridian.done("domain", "add", SHOP, "--organisation", "meridian")
    (tmp_path / "key.pem").write_bytes(pem(KEY))
    said = meridian.typed("certificate", "upload", host, str(tmp_path / file))
    assert said.code == 1 and why in said.err


@pytest.mark.parametrize("host", ["other.customer.test", "no name"])
def test_name_without_certificate_cannot_be_renewed(certified: Desk, host: str) -> None:
    said = certified.typed("certificate", "renew", host)
    assert (said.code, said.out, said.err) == (1, "", f"brassplate: {host} has no certificate to renew\n")

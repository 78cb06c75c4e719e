import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from store import certificates, issuance
from store.certificates import Certificate
from store.hostname import Hostname
from tests.edge.cli.desk import Desk

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


@pytest.mark.parametrize("host", ["other.customer.test", "no name"])
def test_name_without_certificate_cannot_be_renewed(certified: Desk, host: str) -> None:
    said = certified.typed("certificate", "renew", host)
    assert (said.code, said.out, said.err) == (1, "", f"brassplate: {host} has no certificate to renew\n")

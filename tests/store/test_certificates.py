import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from store import certificates
from store.certificates import Certificate
from store.hostname import Hostname

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BILLING, SHOP = Hostname("billing.acme.example"), Hostname("shop.acme.example")


def certificate(
    serial: str, *, hostname: Hostname = BILLING, not_before: datetime = NOW, days: int = 90
) -> Certificate:
    return Certificate(
        hostname=hostname,
        serial=serial,
        chain_pem=f"chain {serial}",
        sealed_key=b"sealed " + serial.encode(),
        issuer="local",
        not_before=not_before,
        not_after=not_before + timedelta(days=days),
    )


def serials(db: sqlite3.Connection) -> list[str]:
    return [row["serial"] for row in db.execute("SELECT serial FROM certificates ORDER BY id")]


def test_certificate_comes_back_as_it_was_stored(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    assert certificates.standing(db, BILLING, NOW) == certificate("01")


def test_nothing_stands_for_a_name_without_certificate(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    assert certificates.standing(db, SHOP, NOW) is None


@pytest.mark.parametrize(("days", "stands"), [(-1, False), (0, True), (89, True), (90, False)])
def test_certificate_stands_within_its_time(db: sqlite3.Connection, days: int, stands: bool) -> None:
    certificates.add(db, certificate("01"), NOW)
    assert (certificates.standing(db, BILLING, NOW + timedelta(days=days)) is not None) == stands


def test_last_two_of_a_name_are_kept(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("99", hostname=SHOP), NOW)
    for serial in ("01", "02", "03"):
        certificates.add(db, certificate(serial), NOW)
    assert serials(db) == ["99", "02", "03"]


def test_newest_stands_also_when_it_ends_before_the_others(db: sqlite3.Connection) -> None:
    for serial, days in (("01", 397), ("02", 397), ("03", 90)):
        certificates.add(db, certificate(serial, days=days), NOW)
    found = certificates.standing(db, BILLING, NOW)
    assert found and found.serial == "03"
    assert [each.serial for each in certificates.newest(db)] == ["03"]


def test_one_before_stands_when_the_newest_is_not_valid_yet(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    certificates.add(db, certificate("02", not_before=NOW + timedelta(hours=1)), NOW)
    found = certificates.standing(db, BILLING, NOW)
    assert found and found.serial == "01"


def test_same_serial_again_changes_nothing(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    certificates.add(db, certificate("01", days=9), NOW)
    assert certificates.newest(db) == [certificate("01")]


def test_newest_of_every_name_come_first_to_expire_first(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    certificates.add(db, certificate("02", days=91), NOW)
    certificates.add(db, certificate("03", hostname=SHOP, days=30), NOW)
    assert [each.serial for each in certificates.newest(db)] == ["03", "02"]


def test_what_was_stored_since_is_the_newest_serial_of_each_name(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    since = certificates.newest_row(db)
    assert certificates.stored_since(db, since) == (since, {})
    for added in (certificate("02"), certificate("03", hostname=SHOP), certificate("04")):
        certificates.add(db, added, NOW)
    row, found = certificates.stored_since(db, since)
    assert (row, found) == (certificates.newest_row(db), {BILLING: "04", SHOP: "03"})


def test_row_number_is_not_used_again_when_its_certificate_is_removed(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    since = certificates.newest_row(db)
    db.execute("DELETE FROM certificates")
    certificates.add(db, certificate("02"), NOW)
    assert certificates.stored_since(db, since)[1] == {BILLING: "02"}


def test_no_row_is_newest_in_an_empty_store(db: sqlite3.Connection) -> None:
    assert certificates.newest_row(db) == 0
    assert certificates.stored_since(db, 0) == (0, {})

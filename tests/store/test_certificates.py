import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store import certificates
from store.certificates import Certificate, Source
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


@pytest.mark.parametrize(("days", "stands"), [(0, True), (89, True), (90, False)])
def test_certificate_stands_within_its_time(db: sqlite3.Connection, days: int, stands: bool) -> None:
    certificates.add(db, certificate("01"), NOW)
    assert (certificates.standing(db, BILLING, NOW + timedelta(days=days)) is not None) == stands


def test_an_issued_one_stands_although_our_clock_has_gone_back(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    found = certificates.standing(db, BILLING, NOW - timedelta(days=1))
    assert found and found.serial == "01"


def test_an_uploaded_one_does_not_stand_before_its_time(db: sqlite3.Connection) -> None:
    certificates.add(db, replace(certificate("01"), source=certificates.Source.UPLOADED), NOW)
    assert certificates.standing(db, BILLING, NOW - timedelta(days=1)) is None


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


def standing_serials(found: dict[Hostname, Certificate | None]) -> dict[Hostname, str | None]:
    return {name: each.serial if each else None for name, each in found.items()}


def test_what_changed_since_is_what_stands_now_of_each_name(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    since = certificates.newest_change(db)
    assert certificates.changed_since(db, since, NOW) == (since, {})
    for added in (certificate("02"), certificate("03", hostname=SHOP), certificate("04")):
        certificates.add(db, added, NOW)
    last, found = certificates.changed_since(db, since, NOW)
    assert last == certificates.newest_change(db)
    assert standing_serials(found) == {BILLING: "04", SHOP: "03"}


def test_removed_certificates_are_a_change_too(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    since = certificates.newest_change(db)
    db.execute("DELETE FROM certificates")
    assert standing_serials(certificates.changed_since(db, since, NOW)[1]) == {BILLING: None}
    certificates.add(db, certificate("02"), NOW)
    assert standing_serials(certificates.changed_since(db, since, NOW)[1]) == {BILLING: "02"}


def test_nothing_changed_in_an_empty_store(db: sqlite3.Connection) -> None:
    assert certificates.newest_change(db) == 0
    assert certificates.changed_since(db, 0, NOW) == (0, {})


def uploaded(serial: str, *, days: int = 90) -> Certificate:
    return replace(certificate(serial, days=days), source=Source.UPLOADED)


def test_uploaded_certificate_stands_before_issued_ones_until_it_ends(db: sqlite3.Connection) -> None:
    certificates.add(db, uploaded("aa", days=10), NOW)
    certificates.add(db, certificate("01"), NOW)
    assert certificates.standing(db, BILLING, NOW) == uploaded("aa", days=10)
    assert certificates.standing(db, BILLING, NOW + timedelta(days=10)) == certificate("01")


def test_wildcard_serves_the_names_right_below_it_that_have_none_of_their_own(db: sqlite3.Connection) -> None:
    wildcard = replace(uploaded("ee"), hostname=Hostname("*.acme.example"))
    certificates.add(db, certificate("01"), NOW)
    certificates.add(db, wildcard, NOW)
    assert certificates.standing(db, BILLING, NOW) == certificates.standing(db, SHOP, NOW) == wildcard
    assert certificates.standing(db, Hostname("a.shop.acme.example"), NOW) is None
    assert certificates.standing(db, Hostname("acme.example"), NOW) is None
    certificates.add(db, uploaded("aa"), NOW)
    assert certificates.standing(db, BILLING, NOW) == uploaded("aa")


def test_last_two_of_each_source_are_kept(db: sqlite3.Connection) -> None:
    for number in range(3):
        certificates.add(db, uploaded(f"a{number}"), NOW)
        certificates.add(db, certificate(f"0{number}"), NOW)
    assert serials(db) == ["a1", "01", "a2", "02"]


def test_withdrawn_certificate_leaves_issued_ones(db: sqlite3.Connection) -> None:
    certificates.add(db, certificate("01"), NOW)
    assert not certificates.withdraw(db, BILLING)
    certificates.add(db, uploaded("aa"), NOW)
    since = certificates.newest_change(db)
    assert certificates.withdraw(db, BILLING)
    assert certificates.changed_since(db, since, NOW)[1] == {BILLING: certificate("01")}

"""The usage of an invoice beside its calls, as they stand in the store."""

import sqlite3
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store import retention
from store.bill import line_sums, reconciliation
from store.bill.adding_up import Reconciliation, Verdict
from store.bill.line_sums import NotYet
from store.bill.rounding import Rule
from store.money import Money
from tests import factories

START = datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.fixture
def key(db: sqlite3.Connection) -> tuple[int, int]:
    organisation_id = factories.organisation(db).id
    return organisation_id, factories.account(db, organisation_id)


def bill(db: sqlite3.Connection, key: tuple[int, int], net: int = 370, calls: int = 30) -> int:
    invoice = factories.invoice(db, *key)
    factories.line(db, key[0], invoice, 1, net=net)
    factories.line(db, key[0], invoice, 2, kind="recurring", net=1000)
    one = factories.batch(db, key[0])
    for number in range(calls):
        factories.call(
            db,
            *key,
            START + timedelta(hours=number),
            external_id=f"C{number}",
            price=123_400,
            invoice_id=invoice,
            line_position=1,
            batch_id=one,
        )
    return invoice


def found(db: sqlite3.Connection, key: tuple[int, int], invoice: int) -> Reconciliation:
    result = reconciliation.of_invoice(db, *key, invoice)
    assert isinstance(result, Reconciliation)
    return result


def test_calls_add_up_when_the_line_charges_them(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    result = found(db, key, bill(db, key))
    assert result.adds_up and result.charged == Money(370, "GBP") and result.lines[0].calls == 30


def test_rule_of_the_organisation_decides(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    invoice = bill(db, key, net=390)
    assert not found(db, key, invoice).adds_up
    db.execute("UPDATE portals SET rounding = 'up', round_each_call = 1")
    assert found(db, key, invoice).adds_up


def test_access_and_service_charge_are_parts_of_the_price(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    invoice = bill(db, key, net=13, calls=0)
    factories.call(
        db,
        *key,
        price=130_000,
        access_charge=100_000,
        service_charge=30_000,
        invoice_id=invoice,
        line_position=1,
    )
    assert found(db, key, invoice).adds_up


def test_call_in_a_bundle_counts_with_what_it_is_charged(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    invoice = bill(db, key, net=5, calls=0)
    factories.call(db, *key, price=50_000, in_bundle=1, invoice_id=invoice, line_position=1)
    factories.call(db, *key, external_id="C2", price=0, in_bundle=1, invoice_id=invoice, line_position=1)
    assert found(db, key, invoice).adds_up


def test_calls_of_a_draft_do_not_count(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    invoice = bill(db, key)
    draft = factories.batch(db, key[0], state="draft")
    factories.call(db, *key, external_id="X", invoice_id=invoice, line_position=1, batch_id=draft)
    assert found(db, key, invoice).adds_up


def test_calls_past_their_retention_still_add_up(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    invoice = bill(db, key)
    retention.fold(db, *key, START + timedelta(hours=12), ZoneInfo("Europe/London"))
    result = found(db, key, invoice)
    assert result.adds_up and result.gone == 12 and result.lines[0].calls == 18


def test_calls_that_are_all_gone_make_no_false_difference(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    invoice = bill(db, key, net=999)
    retention.fold(db, *key, START + timedelta(days=9), ZoneInfo("Europe/London"))
    assert found(db, key, invoice).lines[0].verdict is Verdict.NO_LONGER_KEPT


def test_invoice_without_usage_has_nothing_to_hold_against(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    invoice = factories.invoice(db, *key)
    factories.line(db, key[0], invoice, 1, kind="recurring")
    assert reconciliation.of_invoice(db, *key, invoice) is None


def test_invoice_of_another_is_none(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    invoice = bill(db, key)
    other = factories.organisation(db, "other", "Other").id
    neighbour = factories.account(db, key[0], "A200")
    assert reconciliation.of_invoice(db, other, key[1], invoice) is None
    assert reconciliation.of_invoice(db, key[0], neighbour, invoice) is None


def test_many_calls_are_not_read_for_a_page(
    db: sqlite3.Connection, key: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = bill(db, key, calls=3)
    monkeypatch.setattr(line_sums, "_MANY", line_sums._MANY.replace(str(line_sums.FEW), "2"))
    assert reconciliation.of_invoice(db, *key, invoice) == NotYet()
    assert line_sums.of_invoice(db, *key, invoice, Rule()) == NotYet()

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from store import batches, retention
from store.bill import line_sums, rounding
from store.bill.line_sums import Gone
from store.retention import Place, Rule
from tests import factories

LONDON = ZoneInfo("Europe/London")
CUTOFF = datetime(2026, 8, 23, 23, 0, tzinfo=UTC)
OLD = datetime(2026, 8, 1, 9, 30, tzinfo=UTC)
NEW = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def organisation_id(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


@pytest.fixture
def account_id(db: sqlite3.Connection, organisation_id: int) -> int:
    return factories.account(db, organisation_id)


def fold_all(db: sqlite3.Connection, organisation_id: int, account_id: int) -> int:
    removed, place = 0, None
    while True:
        done = retention.fold(db, organisation_id, account_id, CUTOFF, LONDON, place)
        removed, place = removed + done.removed, done.then
        if place is None:
            return removed


def calls(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM calls").fetchone()[0])


def history(db: sqlite3.Connection) -> list[tuple[str, int, int]]:
    rows = db.execute("SELECT month, calls, net_price FROM visible_call_history ORDER BY month")
    return [(row["month"], row["calls"], row["net_price"]) for row in rows]


def test_days_begin_at_the_organisations_midnight() -> None:
    rule = Rule(1, 90, "Europe/London")
    assert rule.cutoff(datetime(2026, 11, 22, 23, 59, tzinfo=UTC)) == CUTOFF
    assert rule.cutoff(datetime(2026, 11, 23, 0, 0, tzinfo=UTC)) == CUTOFF + timedelta(days=1)


def test_organisation_has_no_rule_until_days_are_set(db: sqlite3.Connection, organisation_id: int) -> None:
    assert retention.rule_of(db, organisation_id) is None
    retention.set_days(db, organisation_id, 90)
    assert retention.rules(db) == [Rule(organisation_id, 90, "Europe/London")]
    retention.set_days(db, organisation_id, None)
    assert retention.rules(db) == []


def test_old_calls_go_and_what_they_came_to_stays(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    factories.call(db, organisation_id, account_id, OLD, external_id="a", price=100, seconds=60)
    factories.call(db, organisation_id, account_id, OLD, external_id="b", price=23, seconds=1)
    factories.call(db, organisation_id, account_id, NEW, external_id="c")
    assert retention.count_due(db, organisation_id, CUTOFF) == (2, 1)
    assert fold_all(db, organisation_id, account_id) == 2
    assert calls(db) == 1
    assert sum(row[1] for row in history(db)) == 2 and sum(row[2] for row in history(db)) == 123
    assert retention.accounts_due(db, organisation_id, CUTOFF, 0) == []


def test_external_id_of_a_call_goes_with_it(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    for started in (OLD, NEW):
        factories.call(db, organisation_id, account_id, started)
    db.execute(
        "INSERT INTO call_ids (organisation_id, span, external_hash, account_id, started)"
        " SELECT organisation_id, started >> 22, external_hash, account_id, started FROM calls"
    )
    fold_all(db, organisation_id, account_id)
    (row,) = db.execute("SELECT started FROM call_ids").fetchall()
    assert row["started"] == int(NEW.timestamp())


def test_call_at_the_cutoff_stays(db: sqlite3.Connection, organisation_id: int, account_id: int) -> None:
    factories.call(db, organisation_id, account_id, CUTOFF)
    factories.call(db, organisation_id, account_id, CUTOFF - timedelta(seconds=1), external_id="C2")
    assert fold_all(db, organisation_id, account_id) == 1
    assert calls(db) == 1


def test_month_is_that_of_the_organisations_place(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    factories.call(db, organisation_id, account_id, datetime(2026, 7, 31, 23, 30, tzinfo=UTC))
    fold_all(db, organisation_id, account_id)
    assert history(db) == [("2026-08", 1, 123_400)]


def test_line_keeps_its_sum_when_its_calls_go(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    invoice_id = factories.invoice(db, organisation_id, account_id)
    for number in range(3):
        factories.call(
            db,
            organisation_id,
            account_id,
            OLD,
            external_id=str(number),
            invoice_id=invoice_id,
            line_position=1,
        )
    key = organisation_id, account_id, invoice_id
    (before,) = line_sums.of_invoice(db, *key, rounding.Rule())  # type: ignore[misc]
    fold_all(db, organisation_id, account_id)
    assert line_sums.of_invoice(db, *key, rounding.Rule()) == []
    assert line_sums.gone(db, *key) == [Gone(1, "GBP", 3, 663, 370_200)]
    assert (before.calls, before.seconds, before.price) == (3, 663, 370_200)
    assert line_sums.gone(db, organisation_id + 1, account_id, invoice_id) == []


def test_replaced_and_withdrawn_calls_go_without_being_counted(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    newer = factories.batch(db, organisation_id)
    withdrawn = factories.batch(db, organisation_id, state="withdrawn")
    factories.call(db, organisation_id, account_id, OLD, price=5, superseded_by=newer)
    factories.call(db, organisation_id, account_id, OLD, price=7, batch_id=newer)
    factories.call(db, organisation_id, account_id, OLD, price=9, batch_id=withdrawn)
    assert fold_all(db, organisation_id, account_id) == 3
    assert history(db) == [("2026-08", 1, 7)]


def test_calls_of_a_draft_and_those_it_replaces_wait_for_it(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    draft = factories.batch(db, organisation_id, state="draft")
    factories.call(db, organisation_id, account_id, OLD, price=5, superseded_by=draft)
    factories.call(db, organisation_id, account_id, OLD, price=7, batch_id=draft)
    assert fold_all(db, organisation_id, account_id) == 0
    batches.publish(db, organisation_id, draft, factories.NOW)
    assert fold_all(db, organisation_id, account_id) == 2
    assert history(db) == [("2026-08", 1, 7)]


def test_waiting_calls_do_not_keep_those_behind_them(
    db: sqlite3.Connection, organisation_id: int, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ROWS", 2)
    draft = factories.batch(db, organisation_id, state="draft")
    for number in range(3):
        factories.call(db, organisation_id, account_id, OLD, external_id=str(number), batch_id=draft)
    factories.call(db, organisation_id, account_id, OLD + timedelta(hours=1), external_id="behind")
    assert fold_all(db, organisation_id, account_id) == 1


def test_withdrawing_a_batch_takes_its_history_with_it(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    batch_id = factories.batch(db, organisation_id)
    factories.call(db, organisation_id, account_id, OLD, batch_id=batch_id)
    fold_all(db, organisation_id, account_id)
    batches.withdraw(db, organisation_id, batch_id)
    assert history(db) == []


def test_calls_of_another_organisation_stay(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    other = factories.organisation(db, "other", "Other Telecom").id
    theirs = factories.account(db, other)
    factories.call(db, other, theirs, OLD)
    assert retention.fold(db, organisation_id, theirs, CUTOFF, LONDON).removed == 0
    assert retention.accounts_due(db, organisation_id, CUTOFF, 0) == []
    assert retention.accounts_due(db, other, CUTOFF, 0) == [theirs]
    assert calls(db) == 1


def test_step_says_where_to_go_on(db: sqlite3.Connection, organisation_id: int, account_id: int) -> None:
    for number in range(retention.ROWS + 1):
        factories.call(
            db,
            organisation_id,
            account_id,
            OLD + timedelta(seconds=number),
            external_id=str(number),
            batch_id=1,
        )
    done = retention.fold(db, organisation_id, account_id, CUTOFF, LONDON)
    assert done.removed == retention.ROWS
    assert isinstance(done.then, Place)
    assert retention.fold(db, organisation_id, account_id, CUTOFF, LONDON, done.then).removed == 1


@pytest.mark.proof
def test_one_old_call_among_many_is_found_and_goes_at_once(
    db: sqlite3.Connection, organisation_id: int
) -> None:
    """Ten million calls at full size: the one that is due goes within a second, without a look at the others."""
    total = 10_000_000 if os.environ.get("BRASSPLATE_PROOF") == "full" else 50_000
    batch_id = factories.batch(db, organisation_id)
    accounts = [
        factories.account(db, organisation_id, f"A{number:04}", batch_id=batch_id) for number in range(1000)
    ]
    each = total // len(accounts)
    for account_id in accounts:
        db.executemany(
            "INSERT INTO calls VALUES (?, ?, ?, ?, ?, NULL, ?, '', 'outbound', 'voice', 60, 60, 0, '', '', '', '',"
            " 1, 0, 0, 0, '', 'GBP', NULL, NULL)",
            (
                (organisation_id, account_id, 1_790_000_000 + number, number, batch_id, str(number))
                for number in range(each)
            ),
        )
    factories.call(db, organisation_id, accounts[500], OLD, batch_id=batch_id)
    began = perf_counter()
    due = retention.accounts_due(db, organisation_id, CUTOFF, 0)
    removed = sum(fold_all(db, organisation_id, account_id) for account_id in due)
    assert (due, removed, calls(db)) == ([accounts[500]], 1, each * len(accounts))
    assert perf_counter() - began < 5, "promised within a second"

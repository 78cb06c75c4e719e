"""Sums of a month are those of its calls, whatever is published, withdrawn or replaced, in every zone."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import call_sums, migrate, retention, rollups
from store.call_filter import Filter, Type
from store.rollups import DIMENSIONS, Month, Rollup
from tests import factories

LONDON = ZoneInfo("Europe/London")
NOVEMBER = date(2026, 11, 1)


def opened() -> tuple[sqlite3.Connection, tuple[int, int]]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    migrate.to_newest(db)
    organisation_id = factories.organisation(db).id
    return db, (organisation_id, factories.account(db, organisation_id))


def kept(db: sqlite3.Connection, key: tuple[int, int], month: date = NOVEMBER) -> Month:
    made = rollups.summed(db, *key, month)
    for part in rollups.parts(made):
        rollups.put(db, key[0], made, part)
    rollups.whole(db, key[0], made)
    return made


def of_all(db: sqlite3.Connection, key: tuple[int, int]) -> Rollup:
    stands = rollups.stands(db, *key, NOVEMBER)
    assert stands is not None
    [found] = rollups.find(db, *key, NOVEMBER, (stands, "", ""))
    return found


def test_sums_stand_until_what_is_visible_becomes_other() -> None:
    db, key = opened()
    factories.call(db, *key, datetime(2026, 11, 2, 9, tzinfo=UTC), external_id="1", price=1000)
    assert rollups.stands(db, *key, NOVEMBER) is None
    kept(db, key)
    assert of_all(db, key).tally.price == 1000
    draft = factories.batch(db, key[0], state="draft", kind="calls")
    factories.call(db, *key, datetime(2026, 11, 3, 9, tzinfo=UTC), external_id="2", price=50, batch_id=draft)
    assert of_all(db, key).tally.calls == 1
    for state, calls in (("published", 2), ("withdrawn", 1)):
        db.execute("UPDATE batches SET state = ? WHERE id = ?", (state, draft))
        assert rollups.stands(db, *key, NOVEMBER) is None
        kept(db, key)
        assert of_all(db, key).tally.calls == calls


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE organisations SET time_zone = 'America/New_York'",
        "UPDATE portals SET list_free_calls = 1",
    ],
)
def test_sums_fall_with_the_rules_that_they_were_made_by(change: str) -> None:
    db, key = opened()
    factories.call(db, *key, datetime(2026, 11, 2, 9, tzinfo=UTC))
    kept(db, key)
    db.execute(change)
    assert rollups.stands(db, *key, NOVEMBER) is None


def test_sums_that_hold_numbers_past_their_retention_are_forgotten() -> None:
    db, key = opened()
    factories.call(db, *key, datetime(2026, 11, 2, 9, tzinfo=UTC), cli="0100 old")
    kept(db, key)
    retention.fold(db, *key, datetime(2026, 12, 1, tzinfo=UTC), LONDON)
    assert rollups.stands(db, *key, NOVEMBER) is None
    count = db.execute("SELECT count(*) FROM call_rollups").fetchone()[0]
    first = rollups.outworn(db, None, 2)
    rest = rollups.outworn(db, first[-1], 100)
    assert len(first) == 2 and len({*first, *rest}) == count > 2
    kept(db, key, date(2026, 12, 1))
    rollups.forget(db, [*first, *rest])
    assert db.execute("SELECT count(*) FROM call_rollups").fetchone()[0] == 0


def test_sums_of_other_customers_stand_when_calls_of_one_go_past_their_retention() -> None:
    db, key = opened()
    other = key[0], factories.account(db, key[0], "A200")
    for each in (key, other):
        factories.call(db, *each, datetime(2026, 11, 2, 9, tzinfo=UTC))
        kept(db, each)
    retention.fold(db, *key, datetime(2026, 12, 1, tzinfo=UTC), LONDON)
    assert rollups.stands(db, *key, NOVEMBER) is None
    assert rollups.stands(db, *other, NOVEMBER) is not None
    assert [account for _org, account, _month in rollups.outdated(db, 1, 10)] == [key[1]]
    assert {one[1] for one in rollups.outworn(db, None, 100)} == {key[1]}


def test_sums_that_stand_are_not_forgotten() -> None:
    db, key = opened()
    factories.call(db, *key, datetime(2026, 11, 2, 9, tzinfo=UTC))
    kept(db, key)
    assert rollups.outworn(db, None, 100) == []


def test_the_zone_that_counts_is_the_one_of_the_generation() -> None:
    db, key = opened()
    factories.call(db, *key, datetime(2026, 11, 1, 3, tzinfo=UTC))
    assert kept(db, key).calls == 1
    db.execute("UPDATE organisations SET time_zone = 'America/New_York'")
    assert kept(db, key).calls == 0


def test_a_customer_removed_while_their_calls_are_summed_leaves_no_sums() -> None:
    db, key = opened()
    factories.call(db, *key, datetime(2026, 11, 2, 9, tzinfo=UTC))
    made = rollups.summed(db, *key, NOVEMBER)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("DELETE FROM calls")
    db.execute("DELETE FROM account_revisions")
    db.execute("DELETE FROM accounts")
    for part in rollups.parts(made):
        rollups.put(db, key[0], made, part)
    rollups.whole(db, key[0], made)
    for table in ("call_rollups", "call_months"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
    db.execute("DELETE FROM batches")
    db.execute("DELETE FROM organisations")
    assert rollups.summed(db, *key, NOVEMBER).calls == 0


def test_free_calls_to_helplines_are_in_no_sum_unless_they_are_listed() -> None:
    db, key = opened()
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    numbers = ("08001111", "116123", "+448081234567", "0500123456")
    for number in (*numbers, "0100 paid"):
        factories.call(db, *key, at, external_id=number, number=number, price=0 if number in numbers else 10)
    factories.call(db, *key, at, external_id="paid", number="0800 cost", price=5)
    factories.call(db, *key, at, external_id="zero", number="01632960000", price=0)
    assert kept(db, key).calls == 3
    db.execute("UPDATE portals SET list_free_calls = 1")
    assert kept(db, key).calls == 7


@pytest.mark.parametrize(
    ("number", "free"),
    [
        ("0800 11 11", True),
        ("+44 800 1111", True),
        ("+44 (0)808-800 5000", True),
        ("0044 8081 234567", True),
        ("116 123", True),
        ("+44 116.000", True),
        ("(0500) 123456", True),
        ("0116 496 0123", False),
        ("+44 1164 960123", False),
        ("800123", False),
        ("07700 900800", False),
        ("+1 800 5550123", False),
    ],
)
def test_a_free_number_is_known_however_it_is_written(number: str, free: bool) -> None:
    db, key = opened()
    factories.call(db, *key, datetime(2026, 11, 2, 9, tzinfo=UTC), number=number, price=0)
    assert kept(db, key).calls == (0 if free else 1)


def test_a_month_ends_at_the_midnight_of_its_place_and_days_follow_the_clocks() -> None:
    db, key = opened()
    for number, at in enumerate(
        (
            datetime(2026, 3, 31, 22, 59, 59, tzinfo=UTC),
            datetime(2026, 3, 31, 23, 0, tzinfo=UTC),
            datetime(2026, 3, 28, 23, 59, 59, tzinfo=UTC),
            datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC),
        )
    ):
        factories.call(db, *key, at, external_id=str(number))
    kept(db, key, date(2026, 3, 1))
    [march] = rollups.find(db, *key, date(2026, 3, 1), (rollups.generation(db, *key), "", ""))
    assert {day: tally.calls for day, tally in march.days.items()} == {28: 1, 31: 1}


def test_values_that_are_everywhere_do_not_list_their_quarters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "MOST_QUARTERS", 2)
    db, key = opened()
    batch = factories.batch(db, key[0], kind="calls")
    for number in range(3):
        at = datetime(2026, 11, 2, 9 + number, tzinfo=UTC)
        factories.call(
            db, *key, at, external_id=str(number), cli="rare" if number else "other", batch_id=batch
        )
    made = kept(db, key)
    quarters = {
        rollup.value: rollup.quarters for rollup in made.rollups if rollup.dimension in ("cli", "type")
    }
    assert quarters["rare"] is not None and len(quarters["rare"]) == 2
    assert quarters["voice"] is None


_CALL = st.tuples(
    st.integers(-3 * 86_400, 33 * 86_400),
    st.sampled_from(["01632 1", "01632 2"]),
    st.sampled_from(list(Type)),
    st.sampled_from(["", "UK", "France"]),
    st.integers(0, 10**7),
    st.sampled_from(["GBP", "EUR"]),
    st.booleans(),
)


@given(st.lists(_CALL, max_size=25), st.sampled_from(["Europe/London", "Asia/Kathmandu", "America/St_Johns"]))
def test_sums_are_those_of_the_calls_in_every_dimension(calls: list[tuple[object, ...]], name: str) -> None:
    db, key = opened()
    db.execute("UPDATE organisations SET time_zone = ?", (name,))
    zone, batch = ZoneInfo(name), factories.batch(db, key[0], kind="calls")
    first = datetime(2026, 10, 1, tzinfo=zone)
    for number, (second, cli, kind, group, price, currency, bundle) in enumerate(calls):
        factories.call(
            db,
            *key,
            first.astimezone(UTC) + timedelta(seconds=second),  # type: ignore[arg-type]
            external_id=str(number),
            cli=cli,
            type=kind.value,  # type: ignore[attr-defined]
            destination_group=group,
            price=price,  # type: ignore[arg-type]
            currency=currency,
            in_bundle=int(bundle),  # type: ignore[call-overload]
            batch_id=batch,
        )
    made = kept(db, key, date(2026, 10, 1))
    last = datetime(2026, 11, 1, tzinfo=zone)
    for chosen in (
        Filter(first, last),
        Filter(first, last, cli="01632 1"),
        Filter(first, last, type=Type.SMS),
        Filter(first, last, group=""),
        Filter(first, last, in_bundle=True),
        Filter(first, last, invoiced=False),
    ):
        [(dimension, value)] = chosen.named().items() or [("", "")]
        found = rollups.find(db, *key, date(2026, 10, 1), (made.generation, dimension, value))
        by_rollup = {(one.currency, one.tally.calls, one.tally.seconds, one.tally.price) for one in found}
        by_calls = {
            (one.currency, one.calls, one.seconds, one.price) for one in call_sums.of_filter(db, *key, chosen)
        }
        assert by_rollup == by_calls
    total = made.calls
    for dimension in DIMENSIONS:
        assert sum(one.tally.calls for one in made.rollups if one.dimension == dimension) == total
        for one in made.rollups:
            assert sum(day.calls for day in one.days.values()) in (one.tally.calls, 0)


def test_large_months_that_became_other_are_found_newest_first() -> None:
    db, key = opened()
    for month in (10, 11):
        factories.call(db, *key, datetime(2026, month, 5, tzinfo=UTC), external_id=str(month))
        kept(db, key, date(2026, month, 1))
    assert [month for _org, _account, month in rollups.outdated(db, 1, 10)] == [date(2026, 10, 1)]
    kept(db, key, date(2026, 10, 1))
    assert rollups.outdated(db, 1, 10) == []
    rollups.moved(db, *key)
    assert [month for _org, _account, month in rollups.outdated(db, 1, 10)] == [NOVEMBER, date(2026, 10, 1)]
    assert rollups.outdated(db, 2, 10) == []

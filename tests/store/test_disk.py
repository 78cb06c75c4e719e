import sqlite3
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import disk
from store.disk import DiskDay
from tests import factories

GIB = 2**30


def days(*sizes: int, free: int = 10 * GIB) -> list[DiskDay]:
    return [DiskDay(date(2026, 11, 1) + timedelta(number), size, free) for number, size in enumerate(sizes)]


def test_last_look_of_a_day_stands(db: sqlite3.Connection) -> None:
    disk.note(db, 100, 5, factories.NOW)
    disk.note(db, 120, 4, factories.NOW + timedelta(hours=1))
    assert disk.last_days(db) == [DiskDay(factories.NOW.date(), 120, 4)]


def test_days_come_oldest_first_and_go_after_a_year(db: sqlite3.Connection) -> None:
    for number in range(0, disk.KEPT_DAYS + 100, 50):
        disk.note(db, number, 1, factories.NOW + timedelta(days=number))
    found = disk.last_days(db, 100)
    assert [day.store_bytes for day in found] == list(range(50, disk.KEPT_DAYS + 100, 50))


def test_room_lasts_as_long_as_the_growth_lets_it() -> None:
    assert disk.days_left(days(1 * GIB, 2 * GIB, 3 * GIB, 4 * GIB, free=10 * GIB)) == 10


@pytest.mark.parametrize("sizes", [(), (1,), (1, 2), (5, 5, 5), (9, 5, 1)])
def test_nothing_is_foretold_without_growth_or_points(sizes: tuple[int, ...]) -> None:
    assert disk.days_left(days(*sizes)) is None


@given(st.lists(st.integers(0, 2**50), max_size=40), st.integers(0, 2**50))
def test_forecast_never_fails_and_is_never_negative(sizes: list[int], free: int) -> None:
    left = disk.days_left(days(*sizes, free=free))
    assert left is None or left >= 0

"""Sums that do not stand are made once, whoever asks meanwhile."""

import asyncio
import sqlite3
from datetime import UTC, date, datetime

import pytest

from store import rollups
from store.rollups import Month
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House


async def test_a_month_is_summed_once_for_all_who_ask_at_once(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = people.meridian, people.harbour
    await house.store.write(lambda db: factories.call(db, *key, datetime(2026, 11, 2, 9, tzinfo=UTC)))
    made = []
    real = rollups.summed

    def counted(db: sqlite3.Connection, organisation_id: int, account_id: int, month: date) -> Month:
        made.append(month)
        return real(db, organisation_id, account_id, month)

    monkeypatch.setattr(rollups, "summed", counted)
    answers = await asyncio.gather(*(ada.get("/calls") for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert made == [date(2026, 11, 1)]

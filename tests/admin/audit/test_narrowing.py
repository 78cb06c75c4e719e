from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.audit.narrowing import parse
from store.audit import Place

LONDON = ZoneInfo("Europe/London")


def test_days_are_of_the_place_and_the_last_one_counts_whole() -> None:
    since, until = parse({"from": "2026-10-24", "to": "2026-10-25"}).days(LONDON)
    assert since == datetime(2026, 10, 23, 23, tzinfo=UTC)
    assert until == datetime(2026, 10, 26, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-02-30", "22/11/2026", "x", "20261122", "2026-W01-1"])
def test_what_is_no_day_is_said_and_kept(text: str) -> None:
    found = parse({"from": text})
    assert found.faults == (f"“{text}” is not a date. Use the form 2026-11-22.",)
    assert found.since == text and found.days(LONDON) == (None, None)


def test_address_carries_all_of_it() -> None:
    query = {"who": "a@b.example", "what": "user.invited", "thing": "account:A", "from": "2026-01-01"}
    found = parse(query)
    place = Place(datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC), 17)
    url = found.url("/activity", place)
    assert url == (
        "/activity?who=a%40b.example&what=user.invited&thing=account%3AA&from=2026-01-01&after=1795348800123.17"
    )
    assert parse({**query, "after": "1795348800123.17"}).after == place


@given(st.dictionaries(st.sampled_from(["who", "what", "thing", "from", "to", "after"]), st.text()))
def test_any_address_is_understood(query: dict[str, str]) -> None:
    found = parse(query)
    found.days(LONDON)
    assert found.url("/x").startswith("/x")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_ends_of_the_calendar_are_no_failure(day: str) -> None:
    parse({"from": day, "to": day}).days(LONDON)
    parse({"from": day, "to": day}).days(ZoneInfo("Pacific/Auckland"))

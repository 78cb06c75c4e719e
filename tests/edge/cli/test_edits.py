"""`brassplate edits export`, as it is typed."""

import sqlite3
from datetime import UTC, datetime

import pytest

from store import accounts
from tests import factories
from tests.edge.cli.desk import Desk

LATER = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def edited(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db, "acme").id
    account = factories.account(db, organisation, "A1", phone="1", town="Bath")
    user = factories.user(db, organisation, "ada@a.test", "A1")
    for now, values in ((factories.NOW, {"phone": "+44 20"}), (LATER, {"town": "Wells"})):
        accounts.edit(db, organisation, account, values, user_id=user, address="", now=now)


@pytest.fixture
def with_edits(desk: Desk) -> Desk:
    desk.configure()
    desk.store(edited)
    return desk


def test_edits_leave_as_csv_in_the_order_of_their_making(with_edits: Desk) -> None:
    assert with_edits.done("edits", "export", "--organisation", "acme").out.splitlines() == [
        "account_reference,field,value,previous,edited_at,user",
        "A1,phone,'+44 20,1,2026-11-22T12:00:00Z,ada@a.test",
        "A1,town,Wells,Bath,2026-11-23T08:00:00Z,ada@a.test",
    ]


@pytest.mark.parametrize("since", ["2026-11-23", "2026-11-23T09:00:00+01:00"])
def test_only_edits_since_a_day_or_an_instant_leave(with_edits: Desk, since: str) -> None:
    out = with_edits.done("edits", "export", "--organisation", "acme", "--since", since).out
    assert [line.split(",")[1] for line in out.splitlines()] == ["field", "town"]


def test_what_cannot_be_is_refused(with_edits: Desk) -> None:
    assert with_edits.typed("edits", "export", "--organisation", "nobody").code == 1
    assert with_edits.typed("edits", "export", "--organisation", "acme", "--since", "today").code == 2

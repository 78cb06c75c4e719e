"""Details by field: what one rule for all of them meant before is kept, in the settings and in their log."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from store import migrate, portals
from store.portals import Settings
from store.profile_fields import SETTINGS, Policy

BEFORE = 18


@pytest.fixture
def old() -> Iterator[sqlite3.Connection]:
    """A store as it was when there was one rule, with an organisation."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        for number, text in migrate.migrations().items():
            if number <= BEFORE:
                db.executescript(text)
        db.execute(f"PRAGMA user_version = {BEFORE}")
        db.execute(
            "INSERT INTO organisations (id, slug, name, time_zone, currency, created_at)"
            " VALUES (1, 'acme', 'Acme', 'Europe/London', 'GBP', 0)"
        )
        db.execute("INSERT INTO portals (organisation_id, updated_at) VALUES (1, 0)")
        yield db


@pytest.mark.parametrize(
    ("rule", "policy"), [("off", Policy.READ), ("allowed", Policy.EDIT), ("approved", Policy.APPROVE)]
)
def test_rule_for_all_becomes_that_of_each_field(old: sqlite3.Connection, rule: str, policy: Policy) -> None:
    old.execute("UPDATE portals SET profile_edits = ?", (rule,))
    migrate.to_newest(old)
    portal = portals.find(old, 1)
    assert portal
    assert {portal.policy(field) for field in SETTINGS} == {policy}
    assert portal.policy("name") is Policy.READ


def test_log_of_settings_says_the_same_of_each_field(old: sqlite3.Connection) -> None:
    changes = {"profile_edits": ["allowed", "off"], "session_minutes": [30, 60]}
    for text in (changes, {"session_minutes": [60, 30]}):
        old.execute(
            "INSERT INTO setting_changes (organisation_id, changes, changed_by, created_at)"
            " VALUES (1, ?, 'ada@acme.example', 0)",
            (json.dumps(text),),
        )
    migrate.to_newest(old)
    first, second = (json.loads(row["changes"]) for row in old.execute("SELECT * FROM setting_changes"))
    assert first == {"session_minutes": [30, 60]} | {key: ["edit", "read"] for key in SETTINGS.values()}
    assert second == {"session_minutes": [60, 30]}


def test_customers_of_a_new_portal_change_every_field() -> None:
    assert {getattr(Settings(), setting) for setting in SETTINGS.values()} == {Policy.EDIT}

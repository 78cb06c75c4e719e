import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from store import domains, organisations, portal_names, portals, setting_changes, setting_values
from store.hostname import Hostname
from store.profile_fields import SETTINGS, Policy
from store.provider_labels import NotRenamed
from store.setting_changes import Clash, Clashed, Hand, Saved
from store.setting_values import Value
from tests import factories
from tests.store.test_removal import remove

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DOMAIN = "portals.provider.example"
ADA, BEN = "ada@acme.example", "ben@acme.example"


@pytest.fixture
def acme(db: sqlite3.Connection) -> int:
    added = organisations.add(db, "acme", "Acme", NOW)
    portal_names.settle(db, added.id, DOMAIN, NOW)
    return added.id


def save(
    db: sqlite3.Connection,
    organisation_id: int,
    wanted: dict[str, Value],
    *,
    seen: int | None = None,
    by: str = ADA,
) -> Saved | Clashed | NotRenamed:
    seen = setting_changes.last_id(db, organisation_id) if seen is None else seen
    return setting_changes.save(db, organisation_id, wanted, Hand(by, DOMAIN, NOW), seen=seen)


def undo(db: sqlite3.Connection, organisation_id: int, change_id: int) -> Saved | Clashed | NotRenamed | None:
    return setting_changes.undo(db, organisation_id, change_id, Hand(BEN, DOMAIN, NOW + timedelta(hours=1)))


def value(db: sqlite3.Connection, organisation_id: int, name: str) -> Value:
    return setting_values.values(db, organisation_id)[name]


def test_every_setting_is_read_and_written_by_its_name(db: sqlite3.Connection, acme: int) -> None:
    wanted: dict[str, Value] = {
        name: (
            not present if isinstance(present, bool) else 60 if isinstance(present, int) else f"new {name}"
        )
        for name, present in setting_values.values(db, acme).items()
    }
    wanted |= {"label": "brightline", "theme_colour": "#ABCDEF", "rounding": "up"} | dict.fromkeys(
        SETTINGS.values(), "approve"
    )
    assert set(wanted) == set(setting_values.NAMES)
    assert isinstance(save(db, acme, wanted), Saved)
    assert setting_values.values(db, acme) == wanted
    portal = portals.find(db, acme)
    assert portal and portal.field_email is Policy.APPROVE


def test_save_is_kept_with_who_when_and_what(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000", "session_minutes": 30})
    [change] = setting_changes.page(db, acme)
    assert change.fields == {"theme_colour": ("#1F5FA8", "#000000")}
    assert (change.changed_by, change.at, change.undoes) == (ADA, NOW, None)


def test_save_that_changes_nothing_is_not_kept(db: sqlite3.Connection, acme: int) -> None:
    assert save(db, acme, {"theme_colour": "#1F5FA8", "enabled": False, "label": "acme"}) == Saved({})
    assert setting_changes.page(db, acme) == []


def test_what_another_changed_meanwhile_stays_where_it_was_not_touched(
    db: sqlite3.Connection, acme: int
) -> None:
    save(db, acme, {"theme_colour": "#000000"}, seen=0, by=BEN)
    assert save(db, acme, {"theme_colour": "#1F5FA8", "session_minutes": 60}, seen=0) == Saved(
        {"session_minutes": (30, 60)}
    )
    assert value(db, acme, "theme_colour") == "#000000"


def test_what_both_changed_is_a_clash_and_nothing_is_saved(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000", "phone": "020 7946 0000"}, seen=0, by=BEN)
    [first] = setting_changes.page(db, acme)
    typed: dict[str, Value] = {"theme_colour": "#FFFFFF", "session_minutes": 60, "phone": ""}
    shown: dict[str, Value] = typed | {"phone": "020 7946 0000"}
    assert save(db, acme, typed, seen=0) == Clashed((Clash("theme_colour", first),), shown)
    assert value(db, acme, "theme_colour") == "#000000"
    assert value(db, acme, "session_minutes") == 30


def test_clash_is_overwritten_by_who_has_seen_it(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000"}, seen=0, by=BEN)
    seen = setting_changes.last_id(db, acme)
    assert isinstance(save(db, acme, {"theme_colour": "#FFFFFF"}, seen=seen), Saved)


def test_both_changing_to_the_same_is_no_clash(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000"}, seen=0, by=BEN)
    assert save(db, acme, {"theme_colour": "#000000"}, seen=0) == Saved({})


def test_change_is_undone_as_a_change_of_its_own(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000", "phone": "020 7946 0000"})
    [change] = setting_changes.page(db, acme)
    undone = undo(db, acme, change.id)
    assert isinstance(undone, Saved)
    assert value(db, acme, "theme_colour") == "#1F5FA8" and value(db, acme, "phone") == ""
    newest, oldest = setting_changes.page(db, acme)
    assert oldest.undone and not newest.undone
    assert (newest.undoes, newest.changed_by) == (change.id, BEN)
    assert newest.fields["theme_colour"] == ("#000000", "#1F5FA8")


def test_undoing_can_itself_be_undone(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000"})
    undo(db, acme, setting_changes.last_id(db, acme))
    undo(db, acme, setting_changes.last_id(db, acme))
    assert value(db, acme, "theme_colour") == "#000000"


def test_undo_is_refused_when_a_setting_was_changed_again(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000", "session_minutes": 60})
    first = setting_changes.last_id(db, acme)
    save(db, acme, {"theme_colour": "#FFFFFF"}, by=BEN)
    second = setting_changes.find(db, acme, setting_changes.last_id(db, acme))
    assert second
    assert undo(db, acme, first) == Clashed((Clash("theme_colour", second),), {})
    assert value(db, acme, "session_minutes") == 60


def test_renaming_is_undone_with_its_redirect(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"label": "brightline"})
    undo(db, acme, setting_changes.last_id(db, acme))
    assert value(db, acme, "label") == "acme"
    found = domains.by_hostname(db, Hostname(f"brightline.{DOMAIN}"))
    assert found and found.destination.redirect_to == f"acme.{DOMAIN}"


def test_refused_label_leaves_all_as_it_was(db: sqlite3.Connection, acme: int) -> None:
    organisations.add(db, "other", "Other", NOW)
    assert isinstance(
        save(db, acme, {"label": "other", "theme_colour": "#000000", "enabled": True}), NotRenamed
    )
    assert value(db, acme, "theme_colour") == "#1F5FA8" and value(db, acme, "enabled") is False
    assert setting_changes.page(db, acme) == []


def test_switching_off_ends_the_customers_sessions_of_one_organisation(db: sqlite3.Connection) -> None:
    meridian, other = factories.organisation(db).id, factories.organisation(db, "other").id
    for organisation_id in (meridian, other):
        factories.account(db, organisation_id)
        user_id = factories.user(db, organisation_id)
        db.execute(
            "INSERT INTO sessions (token_hash, host, organisation_id, user_id, csrf_token, created_at, seen_at,"
            " expires_at) VALUES (?, 'h.example', ?, ?, 't', 0, 0, 9)",
            (bytes([organisation_id]), organisation_id, user_id),
        )
    save(db, meridian, {"enabled": False})
    assert [row["organisation_id"] for row in db.execute("SELECT organisation_id FROM sessions")] == [other]


def test_changes_of_another_organisation_are_not_there(db: sqlite3.Connection, acme: int) -> None:
    other = organisations.add(db, "other", "Other", NOW).id
    save(db, acme, {"theme_colour": "#000000"})
    change_id = setting_changes.last_id(db, acme)
    assert setting_changes.find(db, other, change_id) is None
    assert undo(db, other, change_id) is None and undo(db, acme, change_id + 1) is None
    assert setting_changes.page(db, other) == [] and setting_changes.last_id(db, other) == 0
    assert value(db, acme, "theme_colour") == "#000000"


def test_log_is_paged_newest_first_and_narrowed_to_one_setting(db: sqlite3.Connection, acme: int) -> None:
    for minutes in (60, 90, 120):
        save(db, acme, {"session_minutes": minutes})
    save(db, acme, {"phone": "020 7946 0000"})
    first = setting_changes.page(db, acme, limit=2)
    second = setting_changes.page(db, acme, before=first[-1].id, limit=2)
    assert [list(each.fields) for each in first] == [["phone"], ["session_minutes"]]
    assert [each.fields["session_minutes"][1] for each in second] == [90, 60]
    assert len(setting_changes.page(db, acme, name="session_minutes")) == 3
    assert setting_changes.page(db, acme, name="email") == []


def test_log_goes_with_its_organisation(db: sqlite3.Connection, acme: int) -> None:
    save(db, acme, {"theme_colour": "#000000"})
    remove(db, acme)
    assert db.execute("SELECT count(*) FROM setting_changes").fetchone()[0] == 0

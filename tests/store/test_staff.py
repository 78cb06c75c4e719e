import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from store import migrate, organisations, removal, sessions, staff
from store.hostname import Hostname
from store.sessions import Session
from store.staff import EmailTaken, Role

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    migrate.to_newest(connection)
    yield connection
    connection.close()


def session_of(staff_id: int) -> Session:
    return Session(
        token_hash=b"token",
        host=Hostname("admin.provider.example"),
        organisation_id=None,
        user_id=None,
        staff_id=staff_id,
        csrf_token="csrf",
        chosen_account_id=None,
        address="192.0.2.1",
        agent="",
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + timedelta(hours=12),
    )


def test_admin_is_found_by_address_in_any_case(db: sqlite3.Connection) -> None:
    acme = organisations.add(db, "acme", "Acme", NOW)
    added = staff.add(db, " Ada@Acme.example", "hash", Role.ADMIN, acme.id, NOW)
    assert staff.by_email(db, "ADA@acme.example ") == staff.by_id(db, added.id) == added
    assert (added.email, added.organisation_id, added.seen_at) == ("ada@acme.example", acme.id, None)


def test_nobody_is_found_by_unknown_address(db: sqlite3.Connection) -> None:
    assert staff.by_email(db, "ada@acme.example") is None


def test_same_address_is_refused_for_a_second_member(db: sqlite3.Connection) -> None:
    staff.add(db, "op@provider.example", "hash", Role.OPERATOR, None, NOW)
    with pytest.raises(EmailTaken):
        staff.add(db, "OP@provider.example", "hash", Role.OPERATOR, None, NOW)


@pytest.mark.parametrize(("role", "with_organisation"), [(Role.ADMIN, False), (Role.OPERATOR, True)])
def test_role_without_its_place_is_refused(
    db: sqlite3.Connection, role: Role, with_organisation: bool
) -> None:
    acme = organisations.add(db, "acme", "Acme", NOW)
    with pytest.raises(ValueError, match="an admin belongs to an organisation"):
        staff.add(db, "x@provider.example", "hash", role, acme.id if with_organisation else None, NOW)


def test_new_password_ends_sessions(db: sqlite3.Connection) -> None:
    member = staff.add(db, "op@provider.example", "old", Role.OPERATOR, None, NOW)
    sessions.add(db, session_of(member.id))
    staff.set_password(db, member.id, "new")
    assert sessions.find(db, b"token", NOW) is None
    assert [each.password_hash for each in staff.every(db)] == ["new"]


def test_same_password_hashed_anew_keeps_sessions(db: sqlite3.Connection) -> None:
    member = staff.add(db, "op@provider.example", "old", Role.OPERATOR, None, NOW)
    sessions.add(db, session_of(member.id))
    staff.keep_password(db, member.id, "newer")
    assert sessions.find(db, b"token", NOW) is not None


def test_sign_in_is_remembered(db: sqlite3.Connection) -> None:
    member = staff.add(db, "op@provider.example", "hash", Role.OPERATOR, None, NOW)
    staff.seen(db, member.id, NOW)
    assert [each.seen_at for each in staff.every(db)] == [NOW]


def test_admins_go_with_their_organisation(db: sqlite3.Connection) -> None:
    acme = organisations.add(db, "acme", "Acme", NOW)
    staff.add(db, "ada@acme.example", "hash", Role.ADMIN, acme.id, NOW)
    while removal.go_on(db, acme.id):
        pass
    assert staff.every(db) == []

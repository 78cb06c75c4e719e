"""The extra line is there exactly when registration is allowed and the customer has no user."""

import sqlite3
from datetime import timedelta
from itertools import product

import pytest

from store import organisations, portals, registration_line, tokens
from store.hostname import Hostname
from store.registration_line import Facts, Line, RegistrationLine
from store.tokens import Gone, Purpose
from tests import factories
from tests.factories import NOW

HOST = Hostname("billing.meridian.example")
ALL = (True, False)


def allow(db: sqlite3.Connection, organisation_id: int, allowed: bool = True) -> None:
    db.execute(
        "UPDATE portals SET allow_registration = ? WHERE organisation_id = ?", (int(allowed), organisation_id)
    )


def set_status(db: sqlite3.Connection, user_id: int, status: str) -> None:
    db.execute("UPDATE users SET status = ? WHERE id = ?", (status, user_id))


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    organisation_id = factories.organisation(db).id
    allow(db, organisation_id)
    return organisation_id


def line_for(db: sqlite3.Connection, organisation_id: int, account_id: int) -> RegistrationLine | None:
    return registration_line.for_account(db, organisation_id, account_id, HOST, NOW)


@pytest.mark.parametrize(("allowed", "is_open", "host", "user"), list(product(ALL, ALL, (HOST, None), ALL)))
def test_line_is_due_in_one_case_alone(
    allowed: bool, is_open: bool, host: Hostname | None, user: bool
) -> None:
    found = registration_line.registration_line(Facts(allowed, is_open, host, user))
    assert found == (Line(HOST) if (allowed, is_open, host, user) == (True, True, HOST, False) else None)


def test_line_carries_a_proof_that_works_once_for_its_customer(db: sqlite3.Connection, meridian: int) -> None:
    account = factories.account(db, meridian)
    line = line_for(db, meridian, account)
    assert line and line.path == f"/register/{line.token}"
    assert line.expires_at == NOW + timedelta(days=60)
    key = meridian, HOST, Purpose.REGISTRATION, line.token
    spent = tokens.spend(db, *key, NOW)
    assert not isinstance(spent, Gone) and spent.claim.account_id == account
    assert isinstance(tokens.spend(db, *key, NOW), Gone)


def test_proofs_of_several_mails_stand_beside_each_other(db: sqlite3.Connection, meridian: int) -> None:
    account = factories.account(db, meridian)
    first, second = line_for(db, meridian, account), line_for(db, meridian, account)
    assert first and second and first.token != second.token
    for line in (first, second):
        found = tokens.look(db, meridian, HOST, Purpose.REGISTRATION, line.token, NOW)
        assert not isinstance(found, Gone)


@pytest.mark.parametrize(("status", "due"), [("invited", True), ("active", False), ("suspended", False)])
def test_line_is_absent_when_the_customer_has_a_user(
    db: sqlite3.Connection, meridian: int, status: str, due: bool
) -> None:
    account = factories.account(db, meridian)
    set_status(db, factories.user(db, meridian), status)
    assert (line_for(db, meridian, account) is not None) == due


def test_user_of_another_customer_changes_nothing(db: sqlite3.Connection, meridian: int) -> None:
    account = factories.account(db, meridian, "A100")
    factories.account(db, meridian, "A200")
    factories.user(db, meridian, reference="A200")
    assert line_for(db, meridian, account)


def test_line_is_absent_when_nobody_could_register(db: sqlite3.Connection, meridian: int) -> None:
    account = factories.account(db, meridian)
    assert registration_line.for_account(db, meridian, account, None, NOW) is None
    allow(db, meridian, False)
    assert line_for(db, meridian, account) is None
    allow(db, meridian)
    portals.set_enabled(db, meridian, False, NOW)
    assert line_for(db, meridian, account) is None
    portals.set_enabled(db, meridian, True, NOW)
    db.execute("UPDATE organisations SET status = 'suspended'")
    assert line_for(db, meridian, account) is None
    assert db.execute("SELECT count(*) FROM tokens").fetchone()[0] == 0


def test_no_line_for_another_organisations_customer(db: sqlite3.Connection, meridian: int) -> None:
    other = organisations.add(db, "other", "Other", NOW).id
    assert line_for(db, meridian, factories.account(db, other)) is None


def test_no_line_for_a_customer_who_is_not_published(db: sqlite3.Connection, meridian: int) -> None:
    draft = factories.batch(db, meridian, state="draft")
    assert line_for(db, meridian, factories.account(db, meridian, batch_id=draft)) is None


def test_text_says_how_to_reach_the_portal_and_how_to_register(db: sqlite3.Connection, meridian: int) -> None:
    line = line_for(db, meridian, factories.account(db, meridian))
    assert line
    text = line.text(f"https://{HOST}", "Meridian Telecom")
    assert f"the customer portal of Meridian Telecom: https://{HOST}\n" in text
    assert text.endswith(f"https://{HOST}/register/{line.token}")

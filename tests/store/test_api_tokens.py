import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from store import api_tokens
from store.api_tokens import Made, NewToken
from tests import factories
from tests.factories import NOW

READ = NewToken("Billing", frozenset({"invoices:read", "customers:read"}), None, "staff:1")


@pytest.fixture
def acme(db: sqlite3.Connection) -> int:
    return factories.organisation(db, "acme").id


@pytest.fixture
def made(db: sqlite3.Connection, acme: int) -> Made:
    return api_tokens.make(db, acme, READ, NOW)


def test_token_is_found_by_what_was_shown_once(db: sqlite3.Connection, made: Made, acme: int) -> None:
    found = api_tokens.find(db, made.secret, NOW)
    assert found == made.token
    assert (found.organisation_id, found.name) == (acme, "Billing")
    assert found.scopes == {"invoices:read", "customers:read"}


def test_secret_stands_nowhere_in_the_store(db: sqlite3.Connection, made: Made) -> None:
    secret = made.secret.removeprefix(f"bp_{made.token.id}_")
    assert len(secret) == 43
    assert not any(secret in line or made.secret in line for line in db.iterdump())


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret[:-1],
        lambda secret: secret + "A",
        lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        lambda secret: "bp_99_" + secret.split("_", 2)[2],
        lambda secret: secret.upper(),
        lambda secret: "",
        lambda secret: "bp_1_\udc80",
        lambda secret: "bp_999999999999999999999_" + secret.split("_", 2)[2],
    ],
)
def test_anything_else_finds_nothing(db: sqlite3.Connection, made: Made, change) -> None:  # type: ignore[no-untyped-def]
    assert api_tokens.find(db, change(made.secret), NOW) is None


def test_revoked_token_finds_nothing(db: sqlite3.Connection, made: Made, acme: int) -> None:
    assert api_tokens.revoke(db, acme, made.token.id, NOW)
    assert api_tokens.find(db, made.secret, NOW) is None
    assert not api_tokens.revoke(db, acme, made.token.id, NOW)


def test_token_ends_at_its_expiry(db: sqlite3.Connection, acme: int) -> None:
    made = api_tokens.make(db, acme, replace(READ, expires_at=NOW + timedelta(days=1)), NOW)
    assert api_tokens.find(db, made.secret, NOW + timedelta(days=1) - timedelta(seconds=1))
    assert api_tokens.find(db, made.secret, NOW + timedelta(days=1)) is None


def test_another_organisation_neither_sees_nor_revokes_a_token(db: sqlite3.Connection, made: Made) -> None:
    other = factories.organisation(db, "other").id
    assert api_tokens.of_organisation(db, other) == []
    assert api_tokens.by_id(db, other, made.token.id) is None
    assert not api_tokens.revoke(db, other, made.token.id, NOW)
    assert api_tokens.find(db, made.secret, NOW)


def test_use_is_due_a_minute_after_it_was_kept(db: sqlite3.Connection, made: Made, acme: int) -> None:
    assert made.token.use_is_due(NOW)
    api_tokens.note_use(db, acme, made.token.id, NOW)
    found = api_tokens.by_id(db, acme, made.token.id)
    assert found and found.used_at == NOW
    assert not found.use_is_due(NOW + timedelta(seconds=59))
    assert found.use_is_due(NOW + timedelta(seconds=60))


def test_number_of_a_removed_token_is_not_given_again(db: sqlite3.Connection, made: Made, acme: int) -> None:
    db.execute("DELETE FROM api_tokens")
    assert api_tokens.make(db, acme, READ, NOW).token.id > made.token.id

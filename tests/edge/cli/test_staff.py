import sqlite3
from datetime import UTC, datetime

import argon2
import pytest

from store import audit, second_factors, staff, staff_links
from store.hostname import Hostname
from store.owner import Owner
from store.staff import Role
from tests.edge.cli.desk import Desk
from tests.factories import NOW

PASSWORD = "correct horse battery staple"
ADD = ("staff", "add", "Ada@Meridian.example", "--organisation", "meridian", "--password-stdin")


def test_admin_of_an_organisation_can_sign_in(meridian: Desk) -> None:
    said = meridian.done(*ADD, stdin=PASSWORD + "\n")
    assert said.out == "Ada@Meridian.example can sign in at https://admin.provider.test\n"
    found = meridian.store(lambda db: staff.by_email(db, "ada@meridian.example"))
    assert found and (found.role, found.organisation_id) == (Role.ADMIN, 1)
    assert found.password_hash.startswith("$argon2id$") and PASSWORD not in found.password_hash


def test_operator_has_no_organisation(meridian: Desk) -> None:
    meridian.done("staff", "add", "ops@x.example", "--role", "operator", "--password-stdin", stdin=PASSWORD)
    found = meridian.store(lambda db: staff.by_email(db, "ops@x.example"))
    assert found and (found.role, found.organisation_id) == (Role.OPERATOR, None)


def test_reset_gives_a_new_password(meridian: Desk) -> None:
    meridian.done(*ADD, stdin=PASSWORD)
    meridian.done("staff", "reset", "ada@meridian.example", "--password-stdin", stdin=PASSWORD + "2\r\n")
    found = meridian.store(lambda db: staff.by_email(db, "ada@meridian.example"))
    assert found and argon2.PasswordHasher().verify(found.password_hash, PASSWORD + "2")


def test_reset_is_written_down_and_ends_links_and_sessions(meridian: Desk) -> None:
    meridian.done(*ADD, stdin=PASSWORD)
    member = meridian.store(lambda db: staff.by_email(db, "ada@meridian.example"))
    assert member
    host, now = Hostname("admin.provider.test"), datetime.now(UTC)
    token = meridian.store(lambda db: staff_links.issue(db, member.id, host, now))
    said = meridian.done("staff", "reset", "ada@meridian.example", "--password-stdin", stdin=PASSWORD + "2")
    assert "second factor" not in said.out
    assert meridian.store(lambda db: staff_links.look(db, token, host, now)) is None
    entries = meridian.store(lambda db: audit.of_organisation(db, 1))
    assert [(each.actor, each.action, each.object) for each in entries[:2]] == [
        ("cli", "staff.reset", "ada@meridian.example"),
        ("cli", "staff.added", "ada@meridian.example"),
    ]


@pytest.mark.parametrize("words", [(), ("--second-factor",)])
def test_reset_switches_the_second_factor_off_when_it_is_told_to(
    meridian: Desk, words: tuple[str, ...]
) -> None:
    meridian.done(*ADD, stdin=PASSWORD)

    def switch_on(db: sqlite3.Connection) -> Owner:
        member = staff.by_email(db, "ada@meridian.example")
        assert member
        second_factors.begin(db, member.owner, b"sealed", NOW)
        factor = second_factors.find(db, member.owner)
        assert factor
        second_factors.confirm(db, factor, 1, [b"hash"], NOW)
        return member.owner

    owner = meridian.store(switch_on)
    said = meridian.done(
        "staff", "reset", "ada@meridian.example", "--password-stdin", *words, stdin=PASSWORD + "2"
    )
    left = meridian.store(lambda db: second_factors.confirmed(db, owner))
    assert (left is None) is bool(words)
    assert ("--second-factor switches it off" in said.out) is not bool(words)
    (entry, *_) = meridian.store(lambda db: audit.of_organisation(db, 1))
    assert entry.detail == {"second_factor": "removed" if words else "kept"}


@pytest.mark.parametrize(
    ("words", "stdin", "reason"),
    [
        (ADD, PASSWORD, "signs in already"),
        (("staff", "add", "x@y.example", "--password-stdin"), PASSWORD, "an admin needs --organisation"),
        (
            ("staff", "add", "x@y.example", "--role", "operator", *ADD[3:]),
            PASSWORD,
            "an operator has none",
        ),
        (
            ("staff", "add", "x@y.example", "--organisation", "nobody", "--password-stdin"),
            PASSWORD,
            "no organisation 'nobody'",
        ),
        (("staff", "add", "x@y.example", *ADD[3:]), "short", "password: "),
        (("staff", "add", "x@y.example", *ADD[3:]), "", "password: "),
        (("staff", "reset", "nobody@y.example", "--password-stdin"), PASSWORD, "nobody of the staff"),
    ],
)
def test_refusal_changes_nothing(meridian: Desk, words: tuple[str, ...], stdin: str, reason: str) -> None:
    meridian.done(*ADD, stdin=PASSWORD)
    before = meridian.store(staff.every)
    said = meridian.typed(*words, stdin=stdin)
    assert (said.code, said.out) == (1, "") and reason in said.err
    assert meridian.store(staff.every) == before


def test_password_is_never_an_argument(meridian: Desk) -> None:
    said = meridian.typed("staff", "add", "x@y.example", "--organisation", "meridian")
    assert said.code == 2 and "--password-stdin" in said.err

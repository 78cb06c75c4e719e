"""Registrations: what counts as proof, who gets in, and what waits for an admin."""

import sqlite3

import pytest

from store import memberships, registrations, users
from store.invitations import AlreadyIn, IsSuspended, Offered
from store.registrations import Admitted, Applicant, Facts, Proof, Refused
from store.users import Status
from tests import factories
from tests.factories import NOW


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


@pytest.fixture
def harbour(db: sqlite3.Connection, meridian: int) -> int:
    account_id = factories.account(db, meridian)
    factories.invoice(db, meridian, account_id, "INV-1001", net=100_000, tax=20_000)
    return account_id


def applicant(account_id: int, email: str = "mia@x.example", hashed: str = "hash") -> Applicant:
    return Applicant(account_id, email, "Mia", hashed, Proof.INVOICE_FACTS)


@pytest.mark.parametrize(
    ("facts", "right"),
    [
        (("A100", "INV-1001", "1200.00"), True),
        ((" a100 ", "inv-1001 ", "£1,200.00"), True),
        (("A100", "INV-1001", "1\N{NO-BREAK SPACE}200"), True),
        (("A100", "INV-1001", "1200.01"), False),
        (("A100", "INV-1001", "-1200.00"), False),
        (("A100", "INV-1001", ""), False),
        (("A100", "INV-1001", "lots"), False),
        (("A100", "INV-1002", "1200.00"), False),
        (("A101", "INV-1001", "1200.00"), False),
        (("", "", ""), False),
    ],
)
def test_three_facts_of_one_invoice_prove_a_customer(
    db: sqlite3.Connection, meridian: int, harbour: int, facts: tuple[str, str, str], right: bool
) -> None:
    found = registrations.account_by_facts(db, meridian, Facts(*facts))
    assert found == (harbour if right else None)


def test_facts_of_others_void_invoices_drafts_and_credit_notes_prove_nothing(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    draft = factories.batch(db, meridian, state="draft")
    factories.invoice(db, meridian, harbour, "DRAFT", batch_id=draft)
    factories.invoice(db, meridian, harbour, "VOID", status="void")
    factories.invoice(db, meridian, harbour, "CREDIT", kind="credit_note")
    neighbour = factories.account(db, meridian, "A200")
    factories.invoice(db, meridian, neighbour, "INV-2")
    other = factories.organisation(db, "other").id
    assert registrations.account_by_facts(db, other, Facts("A100", "INV-1001", "1200.00")) is None
    for number in ("DRAFT", "VOID", "CREDIT", "INV-2"):
        assert registrations.account_by_facts(db, meridian, Facts("A100", number, "120.00")) is None


def test_somebody_new_is_let_in(db: sqlite3.Connection, meridian: int, harbour: int) -> None:
    outcome = registrations.admit(db, meridian, applicant(harbour), NOW)
    assert isinstance(outcome, Admitted)
    user = users.by_id(db, meridian, outcome.user_id)
    assert user and (user.status, user.password_hash, user.name) == (Status.ACTIVE, "hash", "Mia")
    assert memberships.is_member(db, meridian, user.id, harbour)


def test_invited_user_who_registers_is_let_in(db: sqlite3.Connection, meridian: int, harbour: int) -> None:
    mia = users.invited(db, meridian, "mia@x.example", "", NOW)
    assert registrations.admit(db, meridian, applicant(harbour), NOW) == Admitted(mia)


def test_who_is_a_user_already_is_only_asked_and_keeps_the_password(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    factories.account(db, meridian, "A200")
    ada = factories.user(db, meridian, "ada@x.example", "A200")
    outcome = registrations.admit(db, meridian, applicant(harbour, "ADA@x.example"), NOW)
    assert outcome == Offered(ada)
    user = users.by_id(db, meridian, ada)
    assert user and user.password_hash == factories.PASSWORD_HASH
    assert not memberships.is_member(db, meridian, ada, harbour)
    memberships.answer(db, meridian, ada, "A100", True)
    assert registrations.admit(db, meridian, applicant(harbour, "ada@x.example"), NOW) == AlreadyIn(ada)
    users.suspend(db, meridian, ada, NOW)
    assert registrations.admit(db, meridian, applicant(harbour, "ada@x.example"), NOW) == IsSuspended(ada)


def test_registration_waits_once_a_person_and_customer(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    registrations.wait(db, meridian, applicant(harbour, hashed="first"), NOW)
    second = registrations.wait(db, meridian, applicant(harbour, "MIA@x.example", "second"), NOW)
    [waiting] = registrations.waiting(db, meridian, 0, 10)
    assert (waiting.id, waiting.applicant.password_hash) == (second, "second")
    assert registrations.count_waiting(db, meridian) == 1
    assert registrations.waiting_of_account(db, meridian, harbour) == [waiting]
    assert users.by_email(db, meridian, "mia@x.example") is None


@pytest.mark.parametrize("approved", [True, False])
def test_decision_is_taken_once_and_keeps_no_password(
    db: sqlite3.Connection, meridian: int, harbour: int, approved: bool
) -> None:
    waiting = registrations.wait(db, meridian, applicant(harbour), NOW)
    other = factories.organisation(db, "other").id

    def decide(organisation_id: int) -> registrations.Decided | None:
        return registrations.decide(db, organisation_id, waiting, approved=approved, actor="staff:1", now=NOW)

    assert decide(other) is None
    decided = decide(meridian)
    assert decided and isinstance(decided.outcome, Admitted if approved else Refused)
    assert decide(meridian) is None
    row = db.execute("SELECT state, decided_by, password_hash FROM registrations").fetchone()
    assert tuple(row) == ("approved" if approved else "refused", "staff:1", "")
    assert (users.by_email(db, meridian, "mia@x.example") is not None) == approved

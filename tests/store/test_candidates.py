"""What a deed on many comes to, for each of them; and how it is written down."""

import sqlite3

import pytest

from store import bulk_deeds, bulk_rows, candidates, invitations, memberships, users
from store.bulk_deeds import Selection, State
from store.candidates import Candidate, Kind, Outcome, outlook
from store.customers import Search, Show
from store.invitations import Person
from store.users import Role, Status
from tests import factories
from tests.factories import NOW


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


def customer(db: sqlite3.Connection, meridian: int, reference: str, email: str) -> int:
    return factories.account(db, meridian, reference, name=reference, email=email)


def came_to(
    db: sqlite3.Connection, meridian: int, kind: Kind, *account_ids: int
) -> list[tuple[str, Outcome]]:
    shown = bulk_deeds.preview(db, meridian, kind, account_ids)
    return [(candidate.reference, outcome) for candidate, outcome in shown]


def test_invitation_names_each_exception(db: sqlite3.Connection, meridian: int) -> None:
    emails = {
        "A": "new@x.example",
        "B": "",
        "C": "not an address",
        "D": "Ada@x.example",
        "E": "ada@x.example",
        "F": "mia@x.example",
        "G": "mia@x.example",
        "H": "sue@x.example",
        "I": "ada@x.example",
    }
    ids = {reference: customer(db, meridian, reference, email) for reference, email in emails.items()}
    ada = factories.user(db, meridian, "ada@x.example", "D")
    invitations.invite(db, meridian, ids["F"], Person("mia@x.example"), NOW)
    sue = factories.user(db, meridian, "sue@x.example", "H")
    users.suspend(db, meridian, sue, NOW)
    memberships.offer(db, meridian, ada, ids["I"], Role.FULL, NOW)
    assert came_to(db, meridian, Kind.INVITE, *ids.values()) == [
        ("A", Outcome.INVITED),
        ("B", Outcome.NO_ADDRESS),
        ("C", Outcome.BAD_ADDRESS),
        ("D", Outcome.ALREADY_IN),
        ("E", Outcome.ASKED),
        ("F", Outcome.ALREADY_INVITED),
        ("G", Outcome.INVITED),
        ("H", Outcome.IS_SUSPENDED),
        ("I", Outcome.ALREADY_INVITED),
    ]


def test_deeds_on_users_meet_those_they_are_about(db: sqlite3.Connection, meridian: int) -> None:
    ids = [customer(db, meridian, reference, "") for reference in "ABC"]
    invitations.invite(db, meridian, ids[0], Person("mia@x.example"), NOW)
    ada = factories.user(db, meridian, "ada@x.example", "A")
    both = factories.user(db, meridian, "both@x.example", "A")
    factories.user(db, meridian, "both@x.example", "B")
    assert came_to(db, meridian, Kind.RESEND, *ids) == [
        ("A", Outcome.SENT),
        ("B", Outcome.NOBODY),
        ("C", Outcome.NOBODY),
    ]
    assert came_to(db, meridian, Kind.SUSPEND, *ids) == [
        ("A", Outcome.SUSPENDED),
        ("A", Outcome.SHARED),
        ("A", Outcome.SUSPENDED),
        ("B", Outcome.SHARED),
        ("C", Outcome.NOBODY),
    ]
    for user_id in (ada, both):
        users.suspend(db, meridian, user_id, NOW)
    assert came_to(db, meridian, Kind.REACTIVATE, *ids) == [
        ("A", Outcome.REACTIVATED),
        ("A", Outcome.REACTIVATED),
        ("B", Outcome.REACTIVATED),
        ("C", Outcome.NOBODY),
    ]


def test_rule_is_total() -> None:
    for kind in Kind:
        for status in (None, *Status):
            for member in (True, False):
                for offered in (True, False):
                    candidate = Candidate(1, "A", "A", "a@x.example", 1, status, member, offered, 0)
                    assert isinstance(outlook(kind, candidate), Outcome)


def test_customers_of_another_organisation_are_no_candidates(db: sqlite3.Connection, meridian: int) -> None:
    other = factories.organisation(db, "other").id
    theirs = factories.account(db, other)
    for kind in Kind:
        assert candidates.of_accounts(db, meridian, kind, [theirs]) == []
        assert candidates.of_user(db, meridian, kind, theirs, None) is None


def begin(db: sqlite3.Connection, organisation_id: int, selection: Selection) -> int:
    return bulk_deeds.begin(
        db, organisation_id, Kind.INVITE, selection, asked_by="staff:1", address="1.2.3.4", now=NOW
    )


def test_deed_is_kept_as_it_was_asked_for(db: sqlite3.Connection, meridian: int) -> None:
    for selection in (
        Selection((3, 5), Search()),
        Selection(None, Search("harbour", Show.NO_USER)),
    ):
        deed_id = begin(db, meridian, selection)
        deed = bulk_deeds.find(db, meridian, deed_id)
        assert deed and (deed.selection, deed.state, deed.kind) == (selection, State.LISTING, Kind.INVITE)
        assert deed in bulk_deeds.unfinished(db)
        assert bulk_deeds.find(db, meridian + 1, deed_id) is None
    assert len(bulk_deeds.recent(db, meridian, 10)) == 2


def test_selected_are_those_ticked_or_those_that_match_from_a_place_on(
    db: sqlite3.Connection, meridian: int
) -> None:
    ids = [customer(db, meridian, reference, "") for reference in ("A", "B", "C")]
    factories.account(db, factories.organisation(db, "other").id, "D")

    def references(selection: Selection, after: str = "") -> list[str]:
        return [reference for reference, _ in bulk_deeds.selected(db, meridian, selection, after, 10)]

    assert references(Selection(None, Search())) == ["A", "B", "C"]
    assert references(Selection(None, Search()), "A") == ["B", "C"]
    assert references(Selection(None, Search("b"))) == ["B"]
    assert references(Selection((ids[2], ids[0], 999), Search())) == ["A", "C"]
    assert references(Selection((), Search())) == []


def test_rows_are_listed_once_and_counted_by_what_came_of_them(db: sqlite3.Connection, meridian: int) -> None:
    ids = [customer(db, meridian, reference, f"{reference}@x.example") for reference in ("A", "B", "C")]
    deed_id = begin(db, meridian, Selection(None, Search()))
    listed = candidates.of_accounts(db, meridian, Kind.INVITE, ids)
    bulk_rows.keep_listed(db, meridian, deed_id, listed[:2])
    deed = bulk_deeds.find(db, meridian, deed_id)
    assert deed and deed.listed_to == "B"
    bulk_rows.keep_listed(db, meridian, deed_id, listed[2:])
    rows = bulk_rows.to_do(db, meridian, deed_id, 10)
    assert [(row.position, row.reference, row.email) for row in rows] == [
        (1, "A", "A@x.example"),
        (2, "B", "B@x.example"),
        (3, "C", "C@x.example"),
    ]
    bulk_rows.keep_outcome(db, meridian, deed_id, 1, "a@x.example", Outcome.INVITED)
    bulk_rows.keep_outcome(db, meridian, deed_id, 2, "", Outcome.NO_ADDRESS)
    assert [row.reference for row in bulk_rows.to_do(db, meridian, deed_id, 10)] == ["C"]
    progress = bulk_rows.progress(db, meridian, deed_id)
    assert (progress.rows, progress.finished, progress.done) == (3, 2, 1)
    bulk_deeds.set_state(db, meridian, deed_id, State.DONE, NOW)
    assert bulk_deeds.unfinished(db) == []
    assert bulk_rows.rows(db, meridian + 1, deed_id, 0, 10) == []


def test_user_of_two_customers_is_listed_once(db: sqlite3.Connection, meridian: int) -> None:
    ids = [customer(db, meridian, reference, "") for reference in ("A", "B")]
    for reference in ("A", "B"):
        factories.user(db, meridian, "both@x.example", reference)
    deed_id = begin(db, meridian, Selection(None, Search()))
    bulk_rows.keep_listed(db, meridian, deed_id, candidates.of_accounts(db, meridian, Kind.SUSPEND, ids))
    assert len(bulk_rows.to_do(db, meridian, deed_id, 10)) == 1

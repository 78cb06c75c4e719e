import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from store import domain_lists, domains
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.domain_lists import View
from store.hostname import Hostname
from tests import factories

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS = Diagnosis("not_served", Routing.OK, "a time-out", "our page", "We are on it.", Actor.US)
MOVED = Diagnosis("cname_elsewhere", Routing.MOVED, "x", "y", "z", Actor.YOU)


@pytest.fixture
def organisation_id(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


def add(
    db: sqlite3.Connection,
    organisation_id: int,
    name: str,
    *,
    live: bool = False,
    diagnosis: Diagnosis | None = None,
    cause: str = "",
) -> None:
    hostname = Hostname(name)
    domains.add(
        db,
        Destination(
            hostname=hostname,
            room=Room.PORTAL,
            organisation_id=organisation_id,
            suspended=False,
            upstreams=(),
            confirmation=Confirmation.CNAME,
            cname_target=Hostname("customers.provider.example"),
        ),
        NOW,
    )
    if live:
        domains.set_live(db, hostname, NOW)
    if diagnosis:
        db.execute("UPDATE watches SET place = 'moved' WHERE hostname = ?", (name,))
        domains.set_diagnosis(db, hostname, diagnosis, NOW)
    if cause:
        db.execute("INSERT INTO issuance (hostname, state, cause) VALUES (?, 'failed', ?)", (name, cause))


def names(
    db: sqlite3.Connection, view: View, search: str = "", after: str = "", limit: int = 100
) -> list[str]:
    return [row.hostname for row in domain_lists.page(db, view, search, after, NOW, limit)]


def test_views_and_their_counts_agree(db: sqlite3.Connection, organisation_id: int) -> None:
    add(db, organisation_id, "a.example", live=True)
    add(db, organisation_id, "b.example")
    add(db, organisation_id, "c.example", live=True, diagnosis=MOVED)
    add(db, organisation_id, "d.example", diagnosis=OURS)
    add(db, organisation_id, "e.example", cause="ca:dns")
    add(db, organisation_id, "f.example", live=True, cause="key_sealed")
    expected = {
        View.ALL: ["a.example", "b.example", "c.example", "d.example", "e.example", "f.example"],
        View.WAITING_FOR_US: ["d.example", "f.example"],
        View.SETTING_UP: ["b.example", "d.example", "e.example"],
        View.LIVE: ["a.example", "f.example"],
        View.LOST: ["c.example"],
        View.FAILED: ["e.example", "f.example"],
    }
    assert {view: names(db, view) for view in View} == expected
    assert domain_lists.counts(db) == {view: len(found) for view, found in expected.items()}
    waiting = domain_lists.page(db, View.ALL, "", "", NOW)
    assert [row.hostname for row in waiting if row.waits_for_us] == expected[View.WAITING_FOR_US]


def test_nothing_is_counted_in_an_empty_store(db: sqlite3.Connection) -> None:
    assert set(domain_lists.counts(db).values()) == {0}


@pytest.mark.parametrize("search", ["illing.mer", "BILLING", " meridian ", "Telecom"])
def test_name_is_found_by_a_part_of_it_or_of_its_organisation(
    db: sqlite3.Connection, organisation_id: int, search: str
) -> None:
    other = factories.organisation(db, "other", "Other Ltd").id
    add(db, organisation_id, "billing.meridian.example")
    add(db, other, "pay.elsewhere.example")
    assert names(db, View.ALL, search) == ["billing.meridian.example"]


def test_percent_is_no_wildcard(db: sqlite3.Connection, organisation_id: int) -> None:
    add(db, organisation_id, "a.example")
    assert names(db, View.ALL, "%") == []


def test_next_page_goes_on_after_the_last_name(db: sqlite3.Connection, organisation_id: int) -> None:
    for number in range(5):
        add(db, organisation_id, f"n{number}.example")
    first = names(db, View.ALL, limit=2)
    assert names(db, View.ALL, after=first[-1], limit=2) == ["n2.example", "n3.example"]


def test_row_says_until_when_the_certificate_lasts(db: sqlite3.Connection, organisation_id: int) -> None:
    add(db, organisation_id, "a.example")
    db.execute(
        "INSERT INTO certificates (hostname, serial, chain_pem, sealed_key, issuer, not_before_at, not_after_at,"
        " created_at) VALUES ('a.example', '1', '', x'', 'local', 0, ?, 0)",
        (int((NOW + timedelta(days=9)).timestamp() * 1000),),
    )
    (row,) = domain_lists.page(db, View.ALL, "", "", NOW)
    assert row.valid_until == NOW + timedelta(days=9)
    assert (row.slug, row.organisation) == ("meridian", "Meridian Telecom")

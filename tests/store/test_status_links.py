import sqlite3
from datetime import timedelta

import pytest

from store import domains, organisations, status_links
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.status_links import LIFETIME, MOST
from tests.fakes.set_clock import SetClock

NAME = Hostname("billing.mycompany.com")
NOW = SetClock().now
TARGET = Hostname("customers.provider.example")


@pytest.fixture
def ours(db: sqlite3.Connection) -> int:
    """An organisation with a name that is being set up."""
    made = organisations.add(db, "acme", "Acme", NOW)
    destination = Destination(NAME, Room.PORTAL, made.id, False, (), Confirmation.CNAME, TARGET)
    domains.add(db, destination, NOW)
    return made.id


def test_token_opens_its_link_and_is_not_kept(db: sqlite3.Connection, ours: int) -> None:
    token = status_links.add(db, ours, NAME, "it@mycompany.com", NOW)
    found = status_links.find(db, token, NOW)
    assert found and (found.organisation_id, found.hostname, found.recipient) == (
        ours,
        NAME,
        "it@mycompany.com",
    )
    assert token not in "".join(db.iterdump())
    assert status_links.find(db, token[:-1] + "_", NOW) is None


def test_link_ends_after_thirty_days_and_is_swept_out(db: sqlite3.Connection, ours: int) -> None:
    token = status_links.add(db, ours, NAME, "it@mycompany.com", NOW)
    end = NOW + LIFETIME
    assert status_links.find(db, token, end - timedelta(milliseconds=1))
    assert status_links.find(db, token, end) is None
    assert status_links.of_name(db, ours, NAME, end) == []
    assert status_links.remove_expired(db, end) == 1
    assert status_links.remove_expired(db, end) == 0


def test_link_ends_with_its_name(db: sqlite3.Connection, ours: int) -> None:
    token = status_links.add(db, ours, NAME, "it@mycompany.com", NOW)
    domains.remove(db, NAME, NOW)
    assert status_links.find(db, token, NOW) is None


def test_link_is_taken_back_by_its_own_organisation_alone(db: sqlite3.Connection, ours: int) -> None:
    token = status_links.add(db, ours, NAME, "it@mycompany.com", NOW)
    other = organisations.add(db, "beacon", "Beacon", NOW)
    (link,) = status_links.of_name(db, ours, NAME, NOW)
    assert status_links.revoke(db, other.id, link.id) is None
    assert status_links.of_name(db, other.id, NAME, NOW) == []
    assert status_links.find(db, token, NOW)
    assert status_links.revoke(db, ours, link.id) == link
    assert status_links.find(db, token, NOW) is None


def test_oldest_link_gives_way_where_there_are_many(db: sqlite3.Connection, ours: int) -> None:
    tokens = [status_links.add(db, ours, NAME, f"{n}@mycompany.com", NOW) for n in range(MOST + 2)]
    kept = status_links.of_name(db, ours, NAME, NOW)
    assert [link.recipient for link in kept] == [f"{n}@mycompany.com" for n in range(MOST + 1, 1, -1)]
    assert status_links.find(db, tokens[1], NOW) is None
    assert status_links.find(db, tokens[2], NOW)

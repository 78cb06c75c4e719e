"""Which names that are being set up are looked at again, and when."""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store import awaited, domains, organisations, portals
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from tests.fakes.set_clock import SetClock

NAME = Hostname("billing.mycompany.com")
NOW = SetClock().now
TARGET = Hostname("customers.provider.example")
FOUND = Diagnosis("no_record", Routing.PENDING, "nothing", "a record", "Add it.", Actor.YOU)


def destination(organisation_id: int, name: str = NAME) -> Destination:
    return Destination(Hostname(name), Room.PORTAL, organisation_id, False, (), Confirmation.CNAME, TARGET)


@pytest.fixture
def ours(db: sqlite3.Connection) -> int:
    """A switched-on portal whose name was chosen and looked at now."""
    made = organisations.add(db, "acme", "Acme", NOW)
    portals.set_enabled(db, made.id, True, NOW)
    domains.add(db, destination(made.id), NOW)
    domains.set_diagnosis(db, NAME, FOUND, NOW)
    return made.id


def waits(db: sqlite3.Connection, after: timedelta) -> timedelta:
    """How long a name of this age is left alone after a look."""
    looked = NOW + after
    domains.set_diagnosis(db, NAME, FOUND, looked)
    steps = (timedelta(seconds=15) * number for number in range(1000))
    return next(step for step in steps if awaited.due(db, looked + step, 10) == [NAME])


def test_looks_become_more_seldom_with_the_age_of_a_name(db: sqlite3.Connection, ours: int) -> None:
    assert waits(db, timedelta()) == timedelta(minutes=1)
    assert timedelta(minutes=3) <= waits(db, timedelta(hours=1)) <= timedelta(minutes=3, seconds=15)
    assert waits(db, timedelta(days=3)) == timedelta(hours=1)


def test_name_is_given_up_after_a_week(db: sqlite3.Connection, ours: int) -> None:
    day = timedelta(days=1)
    assert awaited.due(db, NOW + 7 * day - timedelta(seconds=1), 10) == [NAME]
    assert awaited.due(db, NOW + 7 * day, 10) == []


@pytest.mark.parametrize("why", ["live", "switched off", "suspended", "leads on", "never looked at"])
def test_name_is_left_alone_when_nobody_awaits_it(db: sqlite3.Connection, ours: int, why: str) -> None:
    later = NOW + timedelta(hours=2)
    assert awaited.due(db, later, 10) == [NAME]
    match why:
        case "live":
            domains.set_live(db, NAME, NOW)
        case "switched off":
            portals.set_enabled(db, ours, False, NOW)
        case "suspended":
            organisations.set_suspended(db, ours, True)
        case "leads on":
            domains.remove(db, NAME, NOW)
            led = replace(destination(ours), redirect_to=Hostname("new.mycompany.com"))
            domains.add(db, led, NOW)
            domains.set_diagnosis(db, NAME, FOUND, NOW)
        case _:
            db.execute("UPDATE domains SET checked_at = NULL")
    assert awaited.due(db, later, 10) == []


def test_longest_waiting_come_first_and_no_more_than_asked_for(db: sqlite3.Connection, ours: int) -> None:
    for number in range(5):
        name = Hostname(f"n{number}.mycompany.com")
        domains.add(db, destination(ours, name), NOW)
        domains.set_diagnosis(db, name, FOUND, at(number))
    later = NOW + timedelta(hours=1)
    assert awaited.due(db, later, 2) == [NAME, "n4.mycompany.com"]


def at(number: int) -> datetime:
    return NOW + timedelta(seconds=10 - number)


def test_many_names_are_found_by_an_index(db: sqlite3.Connection) -> None:
    plan = db.execute(
        "EXPLAIN QUERY PLAN SELECT hostname FROM domains WHERE live_at IS NULL AND created_at > 5"
    ).fetchall()
    assert "domains_awaited" in plan[0]["detail"]

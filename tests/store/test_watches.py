import sqlite3
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from store import certificates, domains, organisations, watches
from store.certificates import Certificate
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.watches import SOONEST, Place, Watch

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SHOP = Hostname("shop.acme.example")
WRONG = Diagnosis("cname_elsewhere", Routing.WRONG, "seen", "expected", "action", Actor.YOU)
RIGHT = Diagnosis("ok", Routing.OK, "seen", "expected", "action", Actor.NOBODY)
UNASKED = Diagnosis("could_not_ask", Routing.PENDING, "seen", "expected", "action", Actor.NOBODY)


@pytest.fixture
def db(db: sqlite3.Connection) -> sqlite3.Connection:
    organisations.add(db, "acme", "Acme", NOW)
    register(db, SHOP)
    return db


def register(
    db: sqlite3.Connection, hostname: Hostname, confirmation: Confirmation = Confirmation.CNAME
) -> None:
    target = Hostname("edge.platform.example") if confirmation is Confirmation.CNAME else None
    domains.add(db, Destination(hostname, Room.PORTAL, 1, False, (), confirmation, target), NOW)


def certified(db: sqlite3.Connection, hostname: Hostname) -> None:
    held = Certificate(hostname, "01", "", b"", "local", NOW, NOW + timedelta(days=90))
    certificates.add(db, held, NOW)


def watched(db: sqlite3.Connection) -> Watch:
    found = watches.of(db, SHOP)
    assert found
    return found


def test_name_is_watched_once_it_serves_first_within_the_hour(db: sqlite3.Connection) -> None:
    assert watches.of(db, SHOP) is None
    domains.set_live(db, SHOP, NOW)
    first = watched(db)
    assert NOW <= first.next_look_at < LATER
    assert first == Watch(SHOP, first.next_look_at)
    certified(db, SHOP)
    domains.set_live(db, SHOP, LATER)
    assert watched(db) == first


def test_name_that_has_a_certificate_is_watched(db: sqlite3.Connection) -> None:
    certified(db, SHOP)
    assert NOW <= watched(db).next_look_at < LATER


def test_first_looks_of_names_that_went_live_together_are_apart(db: sqlite3.Connection) -> None:
    names = [Hostname(f"shop{number}.acme.example") for number in range(50)]
    for name in names:
        register(db, name)
        domains.set_live(db, name, NOW)
    due = [watches.due(db, NOW + timedelta(minutes=minutes), 100) for minutes in (10, 30, 60)]
    assert 0 < len(due[0]) < 25 and 10 < len(due[1]) < 40 and len(due[2]) == 50


def test_names_of_our_own_are_not_watched(db: sqlite3.Connection) -> None:
    own = Hostname("acme.portals.example")
    register(db, own, Confirmation.ADDRESS)
    domains.set_live(db, own, NOW)
    certified(db, own)
    assert watches.of(db, own) is None


def test_watch_ends_with_the_name(db: sqlite3.Connection) -> None:
    certified(db, SHOP)
    domains.remove(db, SHOP, NOW)
    assert watches.of(db, SHOP) is None


def test_whole_state_is_kept_but_for_the_renewal_that_waits(db: sqlite3.Connection) -> None:
    certified(db, SHOP)
    state = Watch(SHOP, LATER, NOW, "abc", 3, 2, Place.MOVED, NOW, Place.TROUBLED, NOW, LATER, 2, NOW, LATER)
    assert all(getattr(state, each.name) for each in fields(Watch) if each.name != "renewal_held")
    watches.keep(db, state)
    assert watched(db) == state
    watches.hold_renewal(db, SHOP)
    watches.keep(db, state)
    assert watched(db) == replace(state, renewal_held=True)
    watches.release_renewal(db, SHOP)
    assert watched(db) == state


def test_longest_overdue_comes_first_by_the_index(db: sqlite3.Connection) -> None:
    other = Hostname("other.acme.example")
    register(db, other)
    for name, at in ((SHOP, NOW), (other, NOW - timedelta(hours=1))):
        certified(db, name)
        watches.keep(db, Watch(name, at))
    assert [watch.hostname for watch in watches.due(db, NOW, 10)] == [other, SHOP]
    assert watches.due(db, NOW, 1)[0].hostname == other
    assert [watch.hostname for watch in watches.due(db, NOW - timedelta(minutes=1), 10)] == [other]
    plan = db.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM watches WHERE next_look_at <= 1 ORDER BY next_look_at LIMIT 1"
    )
    assert "watches_due" in plan.fetchone()["detail"]


@pytest.mark.parametrize(
    ("place", "found", "soon"),
    [
        (Place.HERE, WRONG, True),
        (Place.HERE, RIGHT, False),
        (Place.HERE, UNASKED, False),
        (Place.MOVED, RIGHT, True),
        (Place.MOVED, WRONG, False),
    ],
)
def test_order_that_sees_something_else_has_the_watch_look_soon(
    db: sqlite3.Connection, place: Place, found: Diagnosis, soon: bool
) -> None:
    certified(db, SHOP)
    at = NOW + timedelta(hours=9)
    watches.keep(db, Watch(SHOP, at, looked_at=NOW, place=place))
    for _ in range(3):
        assert watches.differs(db, SHOP, found, NOW)
    assert watched(db).next_look_at == (NOW + SOONEST if soon else at)


def test_name_that_never_served_is_nobodys_to_watch(db: sqlite3.Connection) -> None:
    assert not watches.differs(db, SHOP, WRONG, NOW)

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store import domain_history, domains, organisations, watches
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, History, Routing
from store.dns_answers import Answer, Outcome, Probe, Record, Survey, View
from store.hostname import Hostname
from store.watches import Place

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SHOP = Hostname("shop.acme.example")
SURVEY = Survey(
    NOW,
    "acme.example",
    ("ns1.acme.example",),
    (
        Answer(
            View.ZONE, "192.0.2.53", SHOP, "A", Outcome.RECORDS, NOW, (Record(SHOP, "A", "192.0.2.1", 60),)
        ),
    ),
    probes=(Probe("104.16.1.1", "/x", 308, f"https://{SHOP}/x"),),
)


def found(code: str, routing: Routing) -> Diagnosis:
    return Diagnosis(code, routing, "seen", "expected", "action", Actor.YOU)


RIGHT, WRONG = found("ok", Routing.OK), found("cname_elsewhere", Routing.WRONG)
UNASKED, DECLINED = found("could_not_ask", Routing.PENDING), found("servers_fail", Routing.PENDING)


@pytest.fixture
def db(db: sqlite3.Connection) -> sqlite3.Connection:
    """With a name of the first of two organisations."""
    organisations.add(db, "acme", "Acme", NOW)
    organisations.add(db, "other", "Other", NOW)
    target = Hostname("edge.platform.example")
    domains.add(db, Destination(SHOP, Room.PORTAL, 1, False, (), Confirmation.CNAME, target), NOW)
    return db


def wait_for(db: sqlite3.Connection, cause: str, until: datetime) -> None:
    db.execute(
        "INSERT INTO issuance (hostname, state, cause, retry_at) VALUES (?, 'none', ?, ?)",
        (SHOP, cause, int(until.timestamp() * 1000)),
    )


def test_since_when_a_name_is_wrong_is_kept_until_it_is_right(db: sqlite3.Connection) -> None:
    for at, diagnosis, since in (
        (NOW, RIGHT, None),
        (NOW + timedelta(minutes=1), WRONG, NOW + timedelta(minutes=1)),
        (NOW + timedelta(minutes=2), UNASKED, NOW + timedelta(minutes=1)),
        (NOW + timedelta(minutes=3), WRONG, NOW + timedelta(minutes=1)),
        (NOW + timedelta(minutes=4), RIGHT, None),
        (NOW + timedelta(minutes=5), UNASKED, None),
    ):
        domains.set_diagnosis(db, SHOP, diagnosis, at)
        assert domain_history.of(db, SHOP, at).wrong_since == since


@pytest.mark.parametrize("unasked", [UNASKED, DECLINED])
def test_what_nobody_told_changes_no_routing(db: sqlite3.Connection, unasked: Diagnosis) -> None:
    domains.set_diagnosis(db, SHOP, RIGHT, NOW)
    domains.set_diagnosis(db, SHOP, unasked, LATER)
    domain = domains.by_hostname(db, SHOP)
    assert domain and (domain.routing, domain.diagnosis) == (Routing.OK, unasked)


def test_last_survey_is_kept_beyond_a_quick_look(db: sqlite3.Connection) -> None:
    assert domain_history.last_survey(db, SHOP) is None
    domains.set_diagnosis(db, SHOP, RIGHT, NOW, SURVEY)
    domains.set_diagnosis(db, SHOP, RIGHT, LATER)
    assert domain_history.last_survey(db, SHOP) == SURVEY
    assert domain_history.last_survey(db, Hostname("unknown.example")) is None


@pytest.mark.parametrize(
    ("cause", "limited"), [("ca:rateLimited", True), ("limit:organisation", True), ("ca:caa", False)]
)
def test_only_a_limit_that_still_runs_is_one(db: sqlite3.Connection, cause: str, limited: bool) -> None:
    wait_for(db, cause, LATER)
    assert domain_history.of(db, SHOP, NOW).rate_limited_until == (LATER if limited else None)
    assert domain_history.of(db, SHOP, LATER).rate_limited_until is None


def test_name_is_held_elsewhere_only_for_another_organisation(db: sqlite3.Connection) -> None:
    assert not domain_history.of(db, SHOP, NOW).held_elsewhere
    assert not domain_history.of(db, SHOP, NOW, asking=1).held_elsewhere
    assert domain_history.of(db, SHOP, NOW, asking=2).held_elsewhere
    assert domain_history.of(db, Hostname("free.example"), NOW, asking=2) == History()


def test_name_has_moved_only_by_its_watch(db: sqlite3.Connection) -> None:
    domains.set_live(db, SHOP, NOW)
    domains.set_diagnosis(db, SHOP, WRONG, LATER)
    domain = domains.by_hostname(db, SHOP)
    assert domain and (domain.routing, domain.diagnosis) == (Routing.PENDING, WRONG)
    history = domain_history.of(db, SHOP, LATER)
    assert (history.serves, history.moved_at) == (True, None)
    watch = watches.of(db, SHOP)
    assert watch
    watches.keep(db, replace(watch, place=Place.TROUBLED, placed_at=LATER))
    assert domain_history.of(db, SHOP, LATER).moved_at is None
    watches.keep(db, replace(watch, place=Place.MOVED, placed_at=LATER))
    history = domain_history.of(db, SHOP, LATER)
    assert (history.serves, history.moved_at) == (False, LATER)
    domains.set_diagnosis(db, SHOP, WRONG, LATER)
    domain = domains.by_hostname(db, SHOP)
    assert domain and domain.routing is Routing.WRONG

"""A portal moves to another name of its own: the old one serves until the new one is proved, and leads there after."""

import sqlite3
from datetime import timedelta

import pytest

from store import audit, changeover, domains, organisations, origins, portal_names, portals
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.factories import NOW

OLD, NEW, NEWEST = (Hostname(f"{name}.acme.example") for name in ("old", "new", "newest"))
TARGET, PROVIDERS = Hostname("customers.provider.example"), "portals.provider.example"


def add(db: sqlite3.Connection, name: Hostname, minutes: int = 0, organisation_id: int = 1) -> None:
    destination = Destination(name, Room.PORTAL, organisation_id, False, (), Confirmation.CNAME, TARGET)
    domains.add(db, destination, NOW + timedelta(minutes=minutes))


def prove(db: sqlite3.Connection, name: Hostname, minutes: int = 0) -> Hostname | None:
    """As the edge does once our own page was reached there."""
    at = NOW + timedelta(minutes=minutes)
    domains.set_live(db, name, at)
    return changeover.arrive(db, name, PROVIDERS, at)


def leads_to(db: sqlite3.Connection, name: Hostname) -> Hostname | None:
    domain = domains.by_hostname(db, name)
    assert domain
    return domain.destination.redirect_to


def names(db: sqlite3.Connection) -> tuple[Hostname | None, Hostname | None, list[Hostname]]:
    """Where the portal is, where it goes, where it was."""
    present, incoming = changeover.present(db, 1), changeover.incoming(db, 1)
    former = [each.hostname for each in changeover.former(db, 1)]
    return present.hostname if present else None, incoming.hostname if incoming else None, former


@pytest.fixture
def moving(db: sqlite3.Connection) -> sqlite3.Connection:
    """Acme is live at its old name, and has chosen a new one."""
    organisations.add(db, "acme", "Acme", NOW)
    add(db, OLD)
    assert prove(db, OLD) is None
    add(db, NEW, 5)
    return db


def test_first_name_takes_nobodys_place(db: sqlite3.Connection) -> None:
    organisations.add(db, "acme", "Acme", NOW)
    add(db, OLD)
    assert names(db) == (OLD, None, [])
    assert prove(db, OLD) is None
    assert names(db) == (OLD, None, [])


def test_old_name_serves_until_the_new_one_is_proved(moving: sqlite3.Connection) -> None:
    assert names(moving) == (OLD, NEW, [])
    assert leads_to(moving, OLD) is None
    assert origins.canonical_hostname(moving, 1) == OLD


def test_proved_name_takes_the_old_ones_place(moving: sqlite3.Connection) -> None:
    assert prove(moving, NEW, 9) == OLD
    assert names(moving) == (NEW, None, [OLD])
    assert (leads_to(moving, OLD), leads_to(moving, NEW)) == (NEW, None)
    assert origins.canonical_hostname(moving, 1) == NEW
    assert audit.of_organisation(moving, 1)[0].action == changeover.CHANGED


def test_names_are_settled_the_same_way_ever_after(moving: sqlite3.Connection) -> None:
    prove(moving, NEW, 9)
    portal_names.settle(moving, 1, PROVIDERS, NOW)
    assert (leads_to(moving, OLD), leads_to(moving, NEW)) == (NEW, None)


def test_old_name_does_not_come_back_by_being_proved_again(moving: sqlite3.Connection) -> None:
    prove(moving, NEW, 9)
    assert prove(moving, OLD, 12) is None
    assert prove(moving, NEW, 13) is None
    assert names(moving) == (NEW, None, [OLD])


def test_all_former_names_lead_to_the_last_one(moving: sqlite3.Connection) -> None:
    prove(moving, NEW, 9)
    add(moving, NEWEST, 20)
    assert names(moving) == (NEW, NEWEST, [OLD])
    assert prove(moving, NEWEST, 25) == NEW
    assert names(moving) == (NEWEST, None, [OLD, NEW])
    assert (leads_to(moving, OLD), leads_to(moving, NEW)) == (NEWEST, NEWEST)


def test_old_name_serves_again_once_the_new_one_is_let_go(moving: sqlite3.Connection) -> None:
    prove(moving, NEW, 9)
    domains.remove(moving, NEW, NOW)
    assert names(moving) == (OLD, None, [])
    assert leads_to(moving, OLD) is None


def test_change_that_is_called_off_leaves_all_as_it_was(moving: sqlite3.Connection) -> None:
    domains.remove(moving, NEW, NOW)
    assert names(moving) == (OLD, None, [])
    assert changeover.may_begin(moving, 1)


@pytest.mark.parametrize("minutes", [None, 9])
def test_one_change_goes_on_at_a_time(moving: sqlite3.Connection, minutes: int | None) -> None:
    if minutes:
        prove(moving, NEW, minutes)
    assert changeover.may_begin(moving, 1) is bool(minutes)


def test_portal_at_the_providers_name_leads_all_of_them_there(moving: sqlite3.Connection) -> None:
    prove(moving, NEW, 9)
    label = portal_names.provider_hostname(moving, 1, PROVIDERS)
    portal = portals.find(moving, 1)
    assert portal
    moving.execute("UPDATE portals SET use_external = 0 WHERE organisation_id = 1")
    portal_names.settle(moving, 1, PROVIDERS, NOW)
    assert leads_to(moving, OLD) == leads_to(moving, NEW) == label
    moving.execute("UPDATE portals SET use_external = 1 WHERE organisation_id = 1")
    portal_names.settle(moving, 1, PROVIDERS, NOW)
    assert (leads_to(moving, OLD), leads_to(moving, NEW)) == (NEW, None)


def test_names_of_others_are_untouched(moving: sqlite3.Connection) -> None:
    other = organisations.add(moving, "other", "Other", NOW).id
    theirs = Hostname("pay.other.example")
    add(moving, theirs, 1, other)
    prove(moving, theirs, 2)
    prove(moving, NEW, 9)
    assert leads_to(moving, theirs) is None
    assert changeover.former(moving, other) == []

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from store import domains, organisations, portal_names, portals, provider_labels
from store.destination import Confirmation, Destination, Room
from store.domains import HostnameTaken
from store.hostname import Hostname
from store.organisations import Organisation, SlugTaken
from store.portals import Settings
from store.provider_labels import MOST, NotRenamed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DOMAIN = "portals.provider.example"
OWN = Hostname("billing.acme.example")


@pytest.fixture
def acme(db: sqlite3.Connection) -> Organisation:
    added = organisations.add(db, "acme", "Acme", NOW)
    portal_names.settle(db, added.id, DOMAIN, NOW)
    return added


def rename(
    db: sqlite3.Connection, organisation: Organisation, label: str, hours: int = 1
) -> NotRenamed | None:
    now = NOW + timedelta(hours=hours)
    refused = provider_labels.rename(db, organisation.id, label, DOMAIN, now)
    portal_names.settle(db, organisation.id, DOMAIN, now)
    return refused


def names(db: sqlite3.Connection) -> dict[str, str | None]:
    """Every name with where it leads on to."""
    return {each.hostname: each.destination.redirect_to for each in domains.every(db)}


def external(db: sqlite3.Connection, organisation: Organisation) -> None:
    domains.add(
        db,
        Destination(OWN, Room.PORTAL, organisation.id, False, (), Confirmation.CNAME, Hostname("t.example")),
        NOW,
    )


def test_new_organisation_answers_to_its_slug(db: sqlite3.Connection, acme: Organisation) -> None:
    assert provider_labels.current(db, acme.id) == "acme"
    [found] = domains.every(db)
    assert (found.hostname, found.destination.confirmation) == (f"acme.{DOMAIN}", Confirmation.ADDRESS)


def test_renamed_organisation_answers_to_its_new_label_and_the_old_leads_there(
    db: sqlite3.Connection, acme: Organisation
) -> None:
    assert rename(db, acme, "brightline") is None
    assert provider_labels.current(db, acme.id) == "brightline"
    assert names(db) == {f"acme.{DOMAIN}": f"brightline.{DOMAIN}", f"brightline.{DOMAIN}": None}


def test_second_rename_leaves_no_chain(db: sqlite3.Connection, acme: Organisation) -> None:
    rename(db, acme, "first")
    rename(db, acme, "second", hours=2)
    assert set(names(db).values()) == {None, f"second.{DOMAIN}"}
    assert [each.label for each in provider_labels.of_organisation(db, acme.id)] == [
        "second",
        "first",
        "acme",
    ]


def test_renaming_back_turns_the_redirect_around(db: sqlite3.Connection, acme: Organisation) -> None:
    rename(db, acme, "first")
    assert rename(db, acme, "acme", hours=2) is None
    assert names(db) == {f"acme.{DOMAIN}": None, f"first.{DOMAIN}": f"acme.{DOMAIN}"}


def test_label_of_another_is_refused_also_an_earlier_one(db: sqlite3.Connection, acme: Organisation) -> None:
    rename(db, acme, "brightline")
    other = organisations.add(db, "other", "Other", NOW)
    before = names(db)
    for label in ("brightline", "acme"):
        refused = provider_labels.rename(db, other.id, label, DOMAIN, NOW)
        assert refused == NotRenamed(f"“{label}” is in use elsewhere; choose another")
    assert provider_labels.current(db, other.id) == "other"
    assert names(db) == before


def test_earlier_label_is_nobodys_slug(db: sqlite3.Connection, acme: Organisation) -> None:
    rename(db, acme, "brightline")
    rename(db, acme, "third", hours=2)
    for slug in ("acme", "brightline", "third"):
        with pytest.raises(SlugTaken):
            organisations.add(db, slug, "Sly", NOW)


def test_label_whose_name_somebody_registered_is_refused(db: sqlite3.Connection, acme: Organisation) -> None:
    other = organisations.add(db, "other", "Other", NOW)
    taken = Hostname(f"shop.{DOMAIN}")
    domains.add(db, Destination(taken, Room.PORTAL, other.id, False, (), Confirmation.CNAME, None), NOW)
    assert isinstance(rename(db, acme, "shop"), NotRenamed)
    assert provider_labels.current(db, acme.id) == "acme"


def test_labels_have_an_end(db: sqlite3.Connection, acme: Organisation) -> None:
    for number in range(1, MOST):
        assert rename(db, acme, f"name-{number}", hours=number) is None
    assert isinstance(rename(db, acme, "one-too-many", hours=MOST), NotRenamed)
    assert rename(db, acme, "acme", hours=MOST) is None


def test_without_a_provider_domain_labels_make_no_names(db: sqlite3.Connection) -> None:
    added = organisations.add(db, "acme", "Acme", NOW)
    portal_names.settle(db, added.id, "", NOW)
    assert provider_labels.rename(db, added.id, "brightline", "", NOW) is None
    portal_names.settle(db, added.id, "", NOW)
    assert names(db) == {}
    assert portal_names.provider_hostname(db, added.id, "") is None


def test_name_that_a_client_has_is_not_taken_over(db: sqlite3.Connection, acme: Organisation) -> None:
    other = organisations.add(db, "other", "Other", NOW)
    clients = Hostname(f"other.{DOMAIN}")
    domains.add(db, Destination(clients, Room.PORTAL, acme.id, False, (), Confirmation.CNAME, None), NOW)
    with pytest.raises(HostnameTaken):
        portal_names.settle(db, other.id, DOMAIN, NOW)


def test_own_name_leads_to_the_label_while_it_is_not_used(db: sqlite3.Connection, acme: Organisation) -> None:
    external(db, acme)
    portals.save(db, acme.id, Settings(use_external=False), NOW)
    portal_names.settle(db, acme.id, DOMAIN, NOW)
    assert names(db) == {f"acme.{DOMAIN}": None, OWN: f"acme.{DOMAIN}"}
    rename(db, acme, "brightline")
    assert names(db)[OWN] == f"brightline.{DOMAIN}"
    portals.save(db, acme.id, Settings(use_external=True), NOW)
    portal_names.settle(db, acme.id, DOMAIN, NOW)
    assert names(db)[OWN] is None


def test_own_name_is_used_where_there_is_no_other(db: sqlite3.Connection, acme: Organisation) -> None:
    external(db, acme)
    portals.save(db, acme.id, Settings(use_external=False), NOW)
    portal_names.settle(db, acme.id, "", NOW)
    assert names(db)[OWN] is None


def test_settling_again_changes_nothing(db: sqlite3.Connection, acme: Organisation) -> None:
    external(db, acme)
    rename(db, acme, "brightline")
    seen = domains.changes(db, 0).revision
    portal_names.settle(db, acme.id, DOMAIN, NOW)
    assert domains.changes(db, seen).destinations == {}


def test_names_of_others_are_left_alone(db: sqlite3.Connection, acme: Organisation) -> None:
    other = organisations.add(db, "other", "Other", NOW)
    portal_names.settle(db, other.id, DOMAIN, NOW)
    external(db, other)
    portals.save(db, acme.id, Settings(use_external=False), NOW)
    rename(db, acme, "brightline")
    assert names(db)[OWN] is None and names(db)[f"other.{DOMAIN}"] is None

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store import acme_state, certificates, challenges, domains, issuance, leases, organisations, removal
from store.acme_state import PendingOrder
from store.certificates import Certificate
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.domains import HostnameTaken
from store.hostname import Hostname
from store.issuance import Attempt, LeaseLost
from store.leases import Lease

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BILLING, SHOP, ADMIN = (
    Hostname("billing.acme.example"),
    Hostname("shop.acme.example"),
    Hostname("admin.example"),
)
PORTAL = Destination(
    hostname=BILLING,
    room=Room.PORTAL,
    organisation_id=1,
    suspended=False,
    upstreams=(),
    confirmation=Confirmation.CNAME,
    cname_target=Hostname("customers.provider.example"),
)
UPSTREAM = replace(
    PORTAL, hostname=SHOP, room=Room.UPSTREAM, upstreams=("http://10.0.0.1:80", "http://10.0.0.2")
)
OWN = replace(
    PORTAL,
    hostname=ADMIN,
    room=Room.ADMIN,
    organisation_id=None,
    confirmation=Confirmation.ADDRESS,
    cname_target=None,
)
RIGHT = Diagnosis("ok", Routing.OK, "a CNAME to us", "a CNAME to us", "nothing", Actor.NOBODY)
UNKNOWN = Diagnosis("could_not_ask", Routing.PENDING, "SERVFAIL", "a CNAME to us", "wait", Actor.DNS_HOST)


@pytest.fixture
def db(db: sqlite3.Connection) -> sqlite3.Connection:
    """With two organisations, 1 and 2."""
    organisations.add(db, "acme", "Acme", NOW)
    organisations.add(db, "other", "Other", NOW)
    return db


def changed(db: sqlite3.Connection, change: Callable[[], object]) -> dict[Hostname, Destination | None]:
    """What the log says of one change; its revision must have grown."""
    before = domains.changes(db, 0).revision
    change()
    found = domains.changes(db, before)
    assert found.revision > before
    return found.destinations


@pytest.mark.parametrize("destination", [PORTAL, UPSTREAM, OWN])
def test_domain_comes_back_as_it_was_added(db: sqlite3.Connection, destination: Destination) -> None:
    domains.add(db, destination, NOW)
    found = domains.by_hostname(db, destination.hostname)
    assert found == domains.Domain(destination, Routing.PENDING, None, None, None, NOW)
    assert found.hostname == destination.hostname


def test_unregistered_name_is_not_found(db: sqlite3.Connection) -> None:
    assert domains.by_hostname(db, BILLING) is None


@pytest.mark.parametrize(("first", "owner"), [(PORTAL, 1), (replace(OWN, hostname=BILLING), None)])
def test_taken_name_is_refused_with_its_owner(
    db: sqlite3.Connection, first: Destination, owner: int | None
) -> None:
    domains.add(db, first, NOW)
    with pytest.raises(HostnameTaken, match="in use already") as taken:
        domains.add(db, replace(PORTAL, organisation_id=2), NOW)
    assert taken.value.organisation_id == owner
    assert [domain.destination for domain in domains.every(db)] == [first]


def test_organisation_sees_its_own_domains_oldest_first(db: sqlite3.Connection) -> None:
    for destination in (
        UPSTREAM,
        PORTAL,
        OWN,
        replace(PORTAL, hostname=Hostname("a.example"), organisation_id=2),
    ):
        domains.add(db, destination, NOW)
    assert [domain.hostname for domain in domains.of_organisation(db, 1)] == [SHOP, BILLING]
    assert [domain.hostname for domain in domains.every(db)] == ["a.example", ADMIN, BILLING, SHOP]


# The provider's own names --------------------------------------------------------------------------------


def test_own_name_is_added_once_and_follows_the_settings(db: sqlite3.Connection) -> None:
    domains.put_own(db, OWN, NOW)
    as_portal = replace(OWN, room=Room.PORTAL)
    assert changed(db, lambda: domains.put_own(db, as_portal, LATER)) == {ADMIN: as_portal}
    assert [domain.destination for domain in domains.every(db)] == [as_portal]


def test_own_name_that_stays_the_same_moves_no_revision(db: sqlite3.Connection) -> None:
    domains.put_own(db, OWN, NOW)
    before = domains.changes(db, 0)
    domains.put_own(db, OWN, LATER)
    assert domains.changes(db, 0) == before


def test_own_name_is_not_taken_from_an_organisation(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    with pytest.raises(HostnameTaken):
        domains.put_own(db, replace(OWN, hostname=BILLING), NOW)


# The change log ------------------------------------------------------------------------------------------


def test_nothing_changed_in_a_new_store(db: sqlite3.Connection) -> None:
    assert domains.changes(db, 0) == domains.Changes(0, {})


def test_added_name_is_in_the_log_with_its_destination(db: sqlite3.Connection) -> None:
    assert changed(db, lambda: domains.add(db, PORTAL, NOW)) == {BILLING: PORTAL}


def test_removed_name_leaves_a_tombstone(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    assert changed(db, lambda: domains.remove(db, BILLING, NOW)) == {BILLING: None}


def test_name_is_in_the_log_once_with_its_newest_revision(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    domains.add(db, UPSTREAM, NOW)
    domains.remove(db, BILLING, NOW)
    domains.add(db, replace(PORTAL, organisation_id=2), NOW)
    assert list(domains.changes(db, 0).destinations) == [SHOP, BILLING]
    assert db.execute("SELECT count(*) FROM domain_changes").fetchone()[0] == 2


def test_nothing_changed_since_the_newest_revision(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    newest = domains.changes(db, 0).revision
    assert domains.changes(db, newest) == domains.Changes(newest, {})


@pytest.mark.parametrize("suspended", [True, False])
def test_suspending_or_resuming_changes_every_name_of_the_organisation(
    db: sqlite3.Connection, suspended: bool
) -> None:
    for destination in (
        PORTAL,
        UPSTREAM,
        OWN,
        replace(PORTAL, hostname=Hostname("a.example"), organisation_id=2),
    ):
        domains.add(db, destination, NOW)
    organisations.set_suspended(db, 1, not suspended)
    assert changed(db, lambda: organisations.set_suspended(db, 1, suspended)) == {
        BILLING: replace(PORTAL, suspended=suspended),
        SHOP: replace(UPSTREAM, suspended=suspended),
    }


def test_removed_organisation_leaves_tombstones(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    domains.add(db, UPSTREAM, NOW)
    assert changed(db, lambda: removal.begin(db, 1, NOW)) == {BILLING: None, SHOP: None}


def test_renamed_domain_changes_both_names(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    rename = "UPDATE domains SET hostname = :to"
    renamed = changed(db, lambda: db.execute(rename, {"to": SHOP}))
    assert renamed == {BILLING: None, SHOP: replace(PORTAL, hostname=SHOP)}


def test_look_at_the_dns_moves_no_revision(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    before = domains.changes(db, 0).revision
    domains.set_diagnosis(db, BILLING, RIGHT, NOW)
    assert domains.changes(db, 0).revision == before


def test_name_that_goes_live_is_told_once(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    live = replace(PORTAL, live=True)
    assert changed(db, lambda: domains.set_live(db, BILLING, NOW)) == {BILLING: live}
    before = domains.changes(db, 0).revision
    domains.set_live(db, BILLING, LATER)
    assert domains.changes(db, 0).revision == before


def test_reload_costs_what_changed_not_the_table(db: sqlite3.Connection) -> None:
    def steps_of_one_change(count: int) -> int:
        for number in range(count):
            domains.add(db, replace(PORTAL, hostname=Hostname(f"{count}-{number}.example")), NOW)
        newest, steps = domains.changes(db, 0).revision, list[None]()
        db.set_progress_handler(lambda: steps.append(None), 1)
        assert len(domains.changes(db, newest - 1).destinations) == 1
        db.set_progress_handler(None, 1)
        return len(steps)

    few = steps_of_one_change(5)
    assert steps_of_one_change(500) < 2 * few


# Diagnosis and life --------------------------------------------------------------------------------------


def test_certain_diagnosis_sets_the_routing(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    domains.set_diagnosis(db, BILLING, RIGHT, LATER)
    found = domains.by_hostname(db, BILLING)
    assert found and (found.routing, found.diagnosis, found.checked_at) == (Routing.OK, RIGHT, LATER)


def test_what_could_not_be_asked_keeps_the_routing(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    domains.set_diagnosis(db, BILLING, RIGHT, NOW)
    domains.set_diagnosis(db, BILLING, UNKNOWN, LATER)
    found = domains.by_hostname(db, BILLING)
    assert found and (found.routing, found.diagnosis, found.checked_at) == (Routing.OK, UNKNOWN, LATER)


def test_diagnosis_of_one_name_leaves_the_others(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    domains.add(db, UPSTREAM, NOW)
    domains.set_diagnosis(db, BILLING, RIGHT, NOW)
    found = domains.by_hostname(db, SHOP)
    assert found and (found.routing, found.diagnosis) == (Routing.PENDING, None)


def test_first_proof_of_life_is_kept(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    domains.set_live(db, BILLING, NOW)
    domains.set_live(db, BILLING, LATER)
    found = domains.by_hostname(db, BILLING)
    assert found and found.live_at == NOW


# Removal -------------------------------------------------------------------------------------------------


def test_removed_name_takes_its_certificates_and_orders_with_it(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    certificates.add(db, Certificate(BILLING, "01", "chain", b"sealed", "local", NOW, LATER), NOW)
    acme_state.put_pending_order(db, PendingOrder(BILLING, "directory", "url", b"sealed"), NOW)
    challenges.put(db, BILLING, "http-01", "token", "answer", LATER)
    db.execute("INSERT INTO issuance (hostname, state) VALUES (:name, 'failed')", {"name": BILLING})
    assert domains.remove(db, BILLING, NOW)
    for table in ("domains", "certificates", "acme_orders", "challenges", "issuance"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, table


def test_removal_says_when_there_was_nothing(db: sqlite3.Connection) -> None:
    assert not domains.remove(db, BILLING, NOW)


def test_issuance_under_way_brings_no_certificate_after_its_name_was_removed(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    lease = leases.take(db, f"issue {BILLING}", leases.this_process(), NOW, LATER)
    assert isinstance(lease, Lease)
    domains.remove(db, BILLING, NOW)
    certificate = Certificate(BILLING, "01", "chain", b"sealed", "local", NOW, LATER)
    with pytest.raises(LeaseLost):
        issuance.succeed(
            db, lease, certificate, LATER, Attempt(BILLING, "wizard", "issued", "", (), NOW, NOW)
        )


def test_name_that_leads_to_another_says_so_and_its_change_is_followed(db: sqlite3.Connection) -> None:
    domains.add(db, PORTAL, NOW)
    seen = domains.changes(db, 0).revision
    renamed = replace(PORTAL, redirect_to=SHOP)
    domains.put_own(db, renamed, NOW)
    found = domains.by_hostname(db, BILLING)
    assert found and found.destination == renamed
    assert domains.changes(db, seen).destinations == {BILLING: renamed}

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.jobs.announcements import THRESHOLDS, Announcer, threshold
from portal.mail import Provider
from store import certificates, domains, organisations, outbox, outbox_lists, staff
from store.certificates import Certificate
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.outbox import Message
from store.outbox_lists import Filter
from store.staff import Role
from tests import factories
from tests.fakes.set_clock import SetClock

HOST = Hostname("billing.meridian.example")
PROVIDER = Provider(
    "Provider Ltd", "post@provider.example", "help@provider.example", "https://admin.provider.example", 443
)
MOVED = Diagnosis(
    "cname_elsewhere", Routing.WRONG, "CNAME other.example", "CNAME us", "Change it.", Actor.YOU
)
OK = Diagnosis("ok", Routing.OK, "CNAME us", "CNAME us", "Nothing to do.", Actor.NOBODY)
PROXIED = Diagnosis("proxied", Routing.PROXIED, "Cloudflare’s", "CNAME us", "Switch it off.", Actor.YOU)
DIFFERING = Diagnosis("servers_differ", Routing.PENDING, "two", "CNAME us", "Wait.", Actor.DNS_HOST)
UNSURE = Diagnosis("could_not_ask", Routing.PENDING, "time-out", "an answer", "Wait.", Actor.DNS_HOST)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "brassplate.db")
    await opened.write(_prepare)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(factories.NOW)


def _prepare(db: sqlite3.Connection) -> None:
    added, other = factories.organisation(db), factories.organisation(db, "other", "Other")
    for email, organisation_id in (("a@meridian.example", added.id), ("b@meridian.example", added.id)):
        staff.add(db, email, "", Role.ADMIN, organisation_id, factories.NOW)
    staff.add(db, "c@other.example", "", Role.ADMIN, other.id, factories.NOW)
    staff.add(db, "op@provider.example", "", Role.OPERATOR, None, factories.NOW)
    target = Hostname("edge.provider.example")
    destination = Destination(HOST, Room.PORTAL, added.id, False, (), Confirmation.CNAME, target)
    domains.add(db, destination, factories.NOW)


async def mails(store: Store) -> list[Message]:
    """All that is queued, oldest first."""

    def look(db: sqlite3.Connection) -> list[Message]:
        lines = outbox_lists.page_of_all(db, Filter(), before=None, limit=100)
        found = [outbox.find(db, line.organisation_id, line.id) for line in reversed(lines)]
        return [each.message for each in found if each]

    return await store.read(look)


async def holds(store: Store, *, left: timedelta, clock: SetClock) -> None:
    """The name has a certificate that ends after `left`, and no renewal was tried."""
    held = Certificate(HOST, "01", "", b"", "local", factories.NOW, clock() + left)
    await store.write(certificates.add, held, clock())


async def fails(store: Store, *, left: timedelta, clock: SetClock, serial: str = "01") -> None:
    """The certificate ends after `left`, and its renewal has failed."""

    def change(db: sqlite3.Connection) -> None:
        held = Certificate(HOST, serial, "", b"", "local", factories.NOW, clock() + left)
        certificates.add(db, held, clock())
        db.execute(
            "INSERT INTO issuance (hostname, state, failures, cause, detail)"
            " VALUES (:host, 'failed', 3, 'caa', 'CAA forbids it') ON CONFLICT DO NOTHING",
            {"host": HOST},
        )

    await store.write(change)


def established(db: sqlite3.Connection, found: Diagnosis) -> None:
    """The watch has no doubt of what the last look found."""
    place = "here" if found.routing is Routing.OK else "moved"
    db.execute("UPDATE watches SET place = :place, placed_at = 0", {"place": place})
    domains.set_diagnosis(db, HOST, found, factories.NOW)


async def test_admins_are_told_once_that_their_portal_is_live(store: Store, clock: SetClock) -> None:
    announcer = Announcer(store, clock, PROVIDER)
    for _ in range(2):
        await store.write(announcer.set_live, HOST, clock())
    told = await mails(store)
    assert [mail.recipient for mail in told] == ["a@meridian.example", "b@meridian.example"]
    assert told[0].subject == f"Your portal is live at {HOST}"
    assert told[0].sender == "Provider Ltd <post@provider.example>"
    url = "https://admin.provider.example/organisations/meridian/settings/customer-access"
    assert url in told[0].text and url in told[0].html
    found = await store.read(domains.by_hostname, HOST)
    assert found and found.live_at == clock()


async def test_failing_renewal_is_told_once_a_threshold(store: Store, clock: SetClock) -> None:
    await fails(store, left=timedelta(days=20), clock=clock)
    announcer, told = Announcer(store, clock, PROVIDER), []
    for _ in range(20 * 4 + 1):
        before = len(await mails(store))
        await announcer.look()
        if len(await mails(store)) > before:
            told.append((await mails(store))[-1].subject.rpartition(" ends ")[2])
        clock.advance(hours=6)
    assert told == ["in 13 days", "in 6 days", "in 2 days", "today"]
    assert "CAA forbids it" in (await mails(store))[0].text


async def test_next_certificate_that_fails_is_told_anew(store: Store, clock: SetClock) -> None:
    await fails(store, left=timedelta(days=5), clock=clock)
    announcer = Announcer(store, clock, PROVIDER)
    await announcer.look()
    await fails(store, left=timedelta(days=13), clock=clock, serial="02")
    await announcer.look()
    assert [mail.subject.rpartition(" ends ")[2] for mail in (await mails(store))[::2]] == [
        "in 5 days",
        "in 13 days",
    ]


async def test_certificate_that_renews_worries_nobody(store: Store, clock: SetClock) -> None:
    await fails(store, left=timedelta(days=2), clock=clock)

    def mended(db: sqlite3.Connection) -> None:
        db.execute("UPDATE issuance SET failures = 0")

    await store.write(mended)
    await Announcer(store, clock, PROVIDER).look()
    assert await mails(store) == []


async def test_suspended_organisation_is_not_told(store: Store, clock: SetClock) -> None:
    await fails(store, left=timedelta(days=2), clock=clock)
    await store.write(organisations.set_suspended, 1, True)
    await Announcer(store, clock, PROVIDER).look()
    assert await mails(store) == []


async def test_record_that_went_astray_is_told_once_until_it_is_right_again(
    store: Store, clock: SetClock
) -> None:
    announcer = Announcer(store, clock, PROVIDER)
    await store.write(domains.set_live, HOST, clock())
    for found, expected in ((MOVED, 2), (MOVED, 2), (UNSURE, 2), (OK, 4), (OK, 4), (MOVED, 6)):
        await store.write(established, found)
        await announcer.look()
        assert len(await mails(store)) == expected
    told = await mails(store)
    assert "CNAME other.example" in told[0].text and "Change it." in told[0].text
    assert told[2].subject == f"The record of {HOST} is right again"


async def test_trouble_that_changes_is_told_anew_only_once_several_looks_agree(
    store: Store, clock: SetClock
) -> None:
    announcer = Announcer(store, clock, PROVIDER)
    await store.write(domains.set_live, HOST, clock())
    await store.write(established, PROXIED)
    await store.write(announcer.changed, HOST, clock())
    for found in (DIFFERING, PROXIED, DIFFERING):
        await store.write(established, found)
        await announcer.look()
    assert len(await mails(store)) == 2
    assert "does not lead straight to us any more" in (await mails(store))[0].text.replace("\n", " ")
    await store.write(established, MOVED)
    await store.write(announcer.changed, HOST, clock())
    assert len(await mails(store)) == 4


async def test_trouble_of_a_suspended_organisation_is_told_once_it_is_resumed(
    store: Store, clock: SetClock
) -> None:
    announcer = Announcer(store, clock, PROVIDER)
    await store.write(domains.set_live, HOST, clock())
    await store.write(organisations.set_suspended, 1, True)
    await store.write(established, MOVED)
    await store.write(announcer.changed, HOST, clock())
    await announcer.look()
    assert await mails(store) == []
    await store.write(organisations.set_suspended, 1, False)
    await announcer.look()
    assert len(await mails(store)) == 2


async def test_one_look_that_finds_a_live_name_elsewhere_is_told_to_nobody(
    store: Store, clock: SetClock
) -> None:
    await store.write(domains.set_live, HOST, clock())
    await store.write(domains.set_diagnosis, HOST, OK, clock())
    await store.write(domains.set_diagnosis, HOST, MOVED, clock())
    await Announcer(store, clock, PROVIDER).look()
    assert await mails(store) == []


async def test_certificate_of_a_name_that_left_is_told_at_each_threshold(
    store: Store, clock: SetClock
) -> None:
    """By the watch at once; then 14, 7, 3 and 1 days before it ends, though no renewal was tried."""
    await holds(store, left=timedelta(days=20), clock=clock)
    await store.write(domains.set_live, HOST, clock())
    await store.write(established, MOVED)
    announcer, told = Announcer(store, clock, PROVIDER), []
    for _ in range(21 * 4):
        before = len(await mails(store))
        await announcer.look()
        told += [mail.subject for mail in (await mails(store))[before::2]]
        clock.advance(hours=6)
    ends = f"The certificate of {HOST} ends"
    assert told == [
        f"The record of {HOST} needs you",
        *(f"{ends} in {days} days" for days in (13, 6, 2)),
        f"{ends} today",
    ]
    text = " ".join((await mails(store))[-1].text.split())
    assert "Change it." in text and "cannot be renewed before the record is restored" in text


async def test_name_that_left_close_to_its_certificates_end_is_told_of_both_in_one_mail(
    store: Store, clock: SetClock
) -> None:
    await holds(store, left=timedelta(days=5), clock=clock)
    await store.write(domains.set_live, HOST, clock())
    await store.write(established, MOVED)
    announcer = Announcer(store, clock, PROVIDER)
    await store.write(announcer.changed, HOST, clock())
    await announcer.look()
    assert len(await mails(store)) == 2
    clock.advance(days=2, hours=1)
    await announcer.look()
    assert [mail.subject.rpartition(" ")[2] for mail in await mails(store)] == ["you"] * 2 + ["days"] * 2


async def test_record_of_a_name_that_was_never_live_is_the_wizards_business(
    store: Store, clock: SetClock
) -> None:
    await store.write(domains.set_diagnosis, HOST, MOVED, clock())
    await Announcer(store, clock, PROVIDER).look()
    assert await mails(store) == []


async def test_removed_name_leaves_no_notice_behind(store: Store, clock: SetClock) -> None:
    await fails(store, left=timedelta(days=2), clock=clock)
    await Announcer(store, clock, PROVIDER).look()
    await store.write(domains.remove, HOST, clock())
    left = await store.read(lambda db: db.execute("SELECT count(*) FROM domain_notices").fetchone()[0])
    assert left == 0


@given(st.floats(0.001, 40))
def test_threshold_is_the_lowest_that_is_passed(days: float) -> None:
    found = threshold(factories.NOW + timedelta(days=days), factories.NOW)
    under = [each for each in THRESHOLDS if days < each]
    assert found == (min(under) if under else None)


def test_ended_certificate_has_no_threshold_left() -> None:
    assert threshold(factories.NOW, factories.NOW) is None

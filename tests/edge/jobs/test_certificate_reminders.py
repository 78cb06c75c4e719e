"""Admins are told in time that a certificate of their own ends, once at each threshold."""

import sqlite3
from datetime import timedelta

import pytest

from edge.jobs.certificate_reminders import remind, threshold
from store import certificates, domains
from store.certificates import Certificate, Source
from store.database import Store
from tests import factories
from tests.edge.jobs.test_announcements import HOST, PROVIDER, clock, mails, store
from tests.fakes.set_clock import SetClock

__all__ = ["clock", "store"]


async def uploads(store: Store, days: float, serial: str = "aa") -> None:
    """An own certificate that ends after so many days."""
    ends = factories.NOW + timedelta(days=days)
    held = Certificate(HOST, serial, "", b"", "theirs", factories.NOW, ends, Source.UPLOADED)
    await store.write(certificates.add, held, factories.NOW)


@pytest.mark.parametrize(("days", "found"), [(30, 30), (14.1, 30), (14, 14), (6.9, 7), (1.1, 3), (0.1, 1)])
def test_threshold_is_the_lowest_that_is_reached(days: float, found: int) -> None:
    assert threshold(factories.NOW + timedelta(days=days), factories.NOW) == found


async def test_each_admin_is_told_once_at_each_threshold(store: Store, clock: SetClock) -> None:
    await uploads(store, 40)
    counts = []
    for _ in range(42):
        for _ in range(2):
            await remind(store, clock, PROVIDER)
        counts.append(len(await mails(store)))
        clock.advance(days=1)
    assert [day for day, (a, b) in enumerate(zip([0, *counts], counts, strict=False)) if b > a] == [
        10, 26, 33, 37, 39,
    ]  # fmt: skip
    told = await mails(store)
    assert {mail.recipient for mail in told} == {"a@meridian.example", "b@meridian.example"}
    assert told[0].subject == f"The certificate of {HOST} that you uploaded ends in 30 days"
    assert "/organisations/meridian/settings/customer-access/certificate" in told[0].text
    assert "we serve one that we get ourselves" in told[0].text


async def test_next_certificate_begins_anew(store: Store, clock: SetClock) -> None:
    await uploads(store, 10)
    await remind(store, clock, PROVIDER)
    await uploads(store, 400, "bb")
    await remind(store, clock, PROVIDER)
    assert len(await mails(store)) == 2
    clock.advance(days=371)
    await remind(store, clock, PROVIDER)
    assert len(await mails(store)) == 4


async def test_admins_are_warned_where_nothing_takes_its_place(store: Store, clock: SetClock) -> None:
    def alone(db: sqlite3.Connection) -> None:
        domains.set_way(db, HOST, behind_proxy=False, ordered=False)

    await uploads(store, 5)
    await store.write(alone)
    await remind(store, clock, PROVIDER)
    assert "We get none for this name." in (await mails(store))[0].text

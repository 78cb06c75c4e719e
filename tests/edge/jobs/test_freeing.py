"""Names that were asked for and never led here are let go after a week, having been looked at once more."""

import sqlite3
from datetime import timedelta

import pytest

from edge.jobs.freeing import FREED, Freeing
from store import audit, claims, domains, ownership, titles
from store.database import Store
from store.diagnosis import Diagnosis
from store.hostname import Hostname
from tests import factories
from tests.edge.jobs.test_announcements import HOST, MOVED, OK, PROVIDER, UNSURE, clock, mails, store
from tests.fakes.set_clock import SetClock

__all__ = ["clock", "store"]
WEEK = ownership.UNVERIFIED_KEPT


class Dns:
    """What the look before the end finds, and who was looked at."""

    def __init__(self, store: Store, clock: SetClock, found: Diagnosis):
        self.found = found
        self.looked: list[Hostname] = []
        self._store, self._clock = store, clock

    async def check(self, hostname: Hostname) -> Diagnosis:
        self.looked.append(hostname)
        await self._store.write(domains.set_diagnosis, hostname, self.found, self._clock())
        return self.found


async def look(store: Store, clock: SetClock, found: Diagnosis = MOVED) -> Dns:
    dns = Dns(store, clock, found)
    await Freeing(store, clock, PROVIDER, dns.check).look()
    return dns


async def is_there(store: Store) -> bool:
    return await store.read(domains.by_hostname, HOST) is not None


async def test_name_is_let_go_after_a_week_and_its_admins_told(store: Store, clock: SetClock) -> None:
    clock.now = factories.NOW + WEEK - timedelta(seconds=1)
    assert (await look(store, clock)).looked == [] and await is_there(store)
    clock.now = factories.NOW + WEEK
    assert (await look(store, clock)).looked == [HOST] and not await is_there(store)
    told = await mails(store)
    assert [mail.recipient for mail in told] == ["a@meridian.example", "b@meridian.example"]
    assert told[0].subject == f"{HOST} is kept for you no longer"
    assert (await store.read(audit.of_organisation, 1))[0].action == FREED
    assert await store.read(titles.title_of, HOST) is None


@pytest.mark.parametrize("found", [OK, UNSURE])
async def test_name_that_leads_here_or_could_not_be_asked_stays(
    store: Store, clock: SetClock, found: Diagnosis
) -> None:
    clock.now = factories.NOW + WEEK
    await look(store, clock, found)
    assert await is_there(store) and await mails(store) == []


async def test_name_that_ever_led_here_is_not_looked_at(store: Store, clock: SetClock) -> None:
    await store.write(domains.set_diagnosis, HOST, OK, clock())
    await store.write(domains.set_diagnosis, HOST, MOVED, clock())
    clock.now = factories.NOW + 10 * WEEK
    assert (await look(store, clock)).looked == []


async def test_claims_and_quarantines_that_are_over_are_forgotten(store: Store, clock: SetClock) -> None:
    def kept(db: sqlite3.Connection) -> tuple[int, int]:
        counts = (db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("claims", "released_names"))
        first, second = counts
        return first, second

    await store.write(domains.set_diagnosis, HOST, OK, clock())
    await store.write(domains.remove, HOST, clock())
    await store.write(claims.open_claim, 2, HOST, clock())
    await look(store, clock)
    assert await store.read(kept) == (1, 1)
    clock.now = factories.NOW + WEEK
    await look(store, clock)
    assert await store.read(kept) == (0, 1)
    clock.now = factories.NOW + ownership.QUARANTINE
    await look(store, clock)
    assert await store.read(kept) == (0, 0)

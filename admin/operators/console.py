"""Console: the whole house on one page: who waits for us, certificates, issuance, strangers, mail, jobs, disk."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from admin.keys import CLOCK, OPERATIONS, STORE
from admin.operators import pictures
from admin.pages import page
from admin.wizard.causes import explain
from store import disk, domain_lists, fleet, held, outbox_lists
from store.disk import DiskDay
from store.domain_lists import Row, View
from store.fleet import Band, Cause, Day, Ending
from store.outbox import State

WAITING_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """What the store says."""

    counts: dict[View, int]
    waiting: list[Row]
    bands: list[Band]
    ending: list[Ending]
    failures: list[Cause]
    days: list[Day]
    mail: dict[State, int]
    disk: list[DiskDay]
    held_since: datetime | None
    waits: held.Waiting


async def show(request: web.Request) -> web.Response:
    """GET /console"""
    app = request.app
    now = app[CLOCK]()
    found = await app[STORE].read(_overview, now)
    operations = app[OPERATIONS]
    return page(
        request,
        "operators/console.html",
        zone=UTC,
        found=found,
        views=View,
        states=State,
        explain=explain,
        flights=operations.flights(),
        strangers=operations.strangers(),
        rounds=operations.rounds(),
        bands_chart=pictures.bands(found.bands),
        issued_chart=pictures.days(found.days, failed=False),
        failed_chart=pictures.days(found.days, failed=True),
        disk_chart=pictures.disk(found.disk),
        days_left=disk.days_left(found.disk),
    )


def _overview(db: sqlite3.Connection, now: datetime) -> Overview:
    return Overview(
        counts=domain_lists.counts(db),
        waiting=domain_lists.page(db, View.WAITING_FOR_US, "", "", now, WAITING_SHOWN),
        bands=fleet.bands(db, now),
        ending=fleet.next_to_end(db, 10),
        failures=fleet.failures(db),
        days=fleet.days(db, now),
        mail=outbox_lists.counts_of_all(db),
        disk=disk.last_days(db),
        held_since=held.since(db),
        waits=held.waiting(db, now),
    )

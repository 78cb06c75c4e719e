"""What is asked for many customers' people is done for each of them once, whatever happens."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest

from edge.jobs import bulk_deeds as job
from edge.jobs.bulk_deeds import BulkDeeds
from portal.mail import Provider
from store import audit, bulk_deeds, bulk_rows, domains, sessions, users
from store.bulk_deeds import Selection, State
from store.candidates import Kind, Outcome
from store.customers import Search, Show
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.outbox import queued
from store.sessions import Session
from store.users import Status
from tests import factories
from tests.factories import NOW

PROVIDER = Provider("Provider Ltd", "post@provider.example", "", "https://admin.provider.example", 443)
HOST = Hostname("billing.meridian.example")
EVERYBODY = Selection(None, Search())
T = TypeVar("T")


class Killed(Exception):
    """The process ends here."""


@dataclass
class Town:
    """An organisation with customers, and the job."""

    store: Store
    organisation_id: int = 1
    now: datetime = NOW
    job: BulkDeeds = field(init=False)

    def __post_init__(self) -> None:
        self.job = BulkDeeds(self.store, lambda: self.now, PROVIDER)

    async def begin(self, kind: Kind, selection: Selection = EVERYBODY) -> int:
        return await self.store.write(
            bulk_deeds.begin,
            self.organisation_id,
            kind,
            selection,
            asked_by="staff:7",
            address="192.0.2.1",
            now=self.now,
        )

    async def customers(self, emails: dict[str, str]) -> None:
        def add(db: sqlite3.Connection) -> None:
            batch = factories.batch(db, self.organisation_id)
            for reference, email in emails.items():
                factories.account(db, self.organisation_id, reference, email=email, batch_id=batch)

        await self.store.write(add)

    async def outcomes(self, deed_id: int) -> list[tuple[str, Outcome | None]]:
        rows = await self.store.read(bulk_rows.rows, self.organisation_id, deed_id, 0, 10_000)
        return [(row.reference, row.outcome) for row in rows]

    async def recipients(self) -> list[str]:
        def read(db: sqlite3.Connection) -> list[str]:
            return [queued(row).message.recipient for row in db.execute("SELECT * FROM outbox ORDER BY id")]

        return await self.store.read(read)

    async def state(self, deed_id: int) -> State:
        deed = await self.store.read(bulk_deeds.find, self.organisation_id, deed_id)
        assert deed
        return deed.state

    async def run(self, change: Callable[[sqlite3.Connection], T]) -> T:
        return await self.store.write(change)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    store = await Store.open(tmp_path / "store.db", readers=1)

    def prepare(db: sqlite3.Connection) -> None:
        meridian = factories.organisation(db).id
        name = Destination(HOST, Room.PORTAL, meridian, False, (), Confirmation.CNAME, None)
        domains.add(db, name, NOW)
        domains.set_live(db, HOST, NOW)

    await store.write(prepare)
    yield Town(store)
    await store.close()


async def test_all_that_match_are_invited_with_a_result_each(town: Town) -> None:
    await town.customers({"A": "a@x.example", "B": "", "C": "nonsense", "D": "A@x.example"})
    deed_id = await town.begin(Kind.INVITE)
    await town.job.work()
    assert await town.outcomes(deed_id) == [
        ("A", Outcome.INVITED),
        ("B", Outcome.NO_ADDRESS),
        ("C", Outcome.BAD_ADDRESS),
        ("D", Outcome.INVITED),
    ]
    assert await town.recipients() == ["a@x.example", "a@x.example"]
    assert await town.state(deed_id) is State.DONE


async def test_deed_reaches_all_who_matched_though_it_changes_who_matches(town: Town) -> None:
    await town.customers({f"C{number:03}": f"c{number}@x.example" for number in range(250)})
    deed_id = await town.begin(Kind.INVITE, Selection(None, Search(show=Show.NO_USER)))
    await town.job.work()
    assert len(set(await town.recipients())) == 250
    progress = await town.store.read(bulk_rows.progress, 1, deed_id)
    assert (progress.rows, progress.done) == (250, 250)


async def test_ticked_ones_alone_are_invited_and_those_of_others_are_not(town: Town) -> None:
    await town.customers({"A": "a@x.example", "B": "b@x.example"})

    def others(db: sqlite3.Connection) -> tuple[int, int]:
        other = factories.account(db, factories.organisation(db, "other").id, "B", email="o@x.example")
        row = db.execute("SELECT id FROM accounts WHERE organisation_id = 1 AND reference = 'B'").fetchone()
        return row["id"], other

    chosen = await town.run(others)
    deed_id = await town.begin(Kind.INVITE, Selection(chosen, Search()))
    await town.job.work()
    assert await town.outcomes(deed_id) == [("B", Outcome.INVITED)]
    assert await town.recipients() == ["b@x.example"]


@pytest.mark.parametrize("after", range(1, 9))
async def test_restart_goes_on_and_does_nobody_twice(
    town: Town, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "LISTED_AT_A_TIME", 2)
    monkeypatch.setattr(job, "READ_AT_A_TIME", 3)
    emails = {f"C{number}": f"c{number}@x.example" for number in range(7)}
    await town.customers(emails)
    deed_id = await town.begin(Kind.INVITE)
    written = 0
    write = town.store.write

    async def until_killed(*args: object, **kwargs: object) -> object:
        nonlocal written
        written += 1
        if written > after:
            raise Killed
        return await write(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(town.store, "write", until_killed)
    with pytest.raises(Killed):
        await town.job.work()
    monkeypatch.setattr(town.store, "write", write)
    assert await town.state(deed_id) is not State.DONE
    await BulkDeeds(town.store, lambda: town.now, PROVIDER).work()
    assert await town.outcomes(deed_id) == [(reference, Outcome.INVITED) for reference in emails]
    assert sorted(await town.recipients()) == sorted(emails.values())


async def test_suspension_of_many_ends_sessions_and_leaves_shared_users(town: Town) -> None:
    await town.customers({"A": "", "B": ""})

    def people(db: sqlite3.Connection) -> tuple[int, int]:
        ada = factories.user(db, 1, "ada@x.example", "A")
        both = factories.user(db, 1, "both@x.example", "A")
        factories.user(db, 1, "both@x.example", "B")
        for user_id in (ada, both):
            kept = Session(
                bytes([user_id]), HOST, 1, user_id, None, "t", None, "", "", NOW, NOW, NOW.replace(year=2027)
            )
            sessions.add(db, kept)
        return ada, both

    ada, both = await town.run(people)
    deed_id = await town.begin(Kind.SUSPEND)
    await town.job.work()
    assert await town.outcomes(deed_id) == [("A", Outcome.SUSPENDED), ("A", Outcome.SHARED)]

    def left(db: sqlite3.Connection) -> tuple[list[int], list[Status]]:
        alive = [row["user_id"] for row in db.execute("SELECT user_id FROM sessions")]
        found = [users.by_id(db, 1, user_id) for user_id in (ada, both)]
        return alive, [user.status for user in found if user]

    assert await town.store.read(left) == ([both], [Status.SUSPENDED, Status.ACTIVE])
    again = await town.begin(Kind.REACTIVATE)
    await town.job.work()
    assert ("A", Outcome.REACTIVATED) in await town.outcomes(again)


async def test_each_user_is_in_the_audit_with_who_asked(town: Town) -> None:
    await town.customers({"A": "a@x.example"})
    for kind in (Kind.INVITE, Kind.RESEND, Kind.SUSPEND, Kind.REACTIVATE):
        await town.begin(kind)
        await town.job.work()
    entries = await town.store.read(audit.of_organisation, 1)
    assert [entry.action for entry in reversed(entries)] == [
        "user.invited",
        "user.invited_again",
        "user.suspended",
        "user.reactivated",
    ]
    assert {(entry.actor, entry.object, entry.address) for entry in entries} == {
        ("staff:7", "user:1", "192.0.2.1")
    }


async def test_nobody_is_invited_while_the_portal_has_no_name(town: Town) -> None:
    await town.customers({"A": "a@x.example"})
    await town.run(lambda db: domains.remove(db, HOST, NOW))
    deed_id = await town.begin(Kind.INVITE)
    await town.job.work()
    assert await town.outcomes(deed_id) == [("A", Outcome.NO_NAME)]
    assert await town.store.read(users.by_email, 1, "a@x.example") is None


async def test_deeds_of_two_organisations_take_turns(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "STEPS_A_TURN", 1)
    await town.customers({f"A{number}": f"a{number}@x.example" for number in range(6)})

    def second(db: sqlite3.Connection) -> None:
        other = factories.organisation(db, "other").id
        host = Hostname("my.other.example")
        domains.add(db, Destination(host, Room.PORTAL, other, False, (), Confirmation.ADDRESS, None), NOW)
        factories.account(db, other, "O", email="o@x.example")

    await town.run(second)
    await town.begin(Kind.INVITE)
    other = Town(town.store, 2)
    await other.begin(Kind.INVITE)
    await town.job.work()
    assert (await town.recipients()).index("o@x.example") < 6


async def test_more_customers_than_are_read_at_once_are_all_met(town: Town) -> None:
    batch = await town.run(lambda db: factories.batch(db, 1))
    for start in range(0, 3000, 500):

        def add(db: sqlite3.Connection, start: int = start) -> None:
            for number in range(start, start + 500):
                factories.account(db, 1, f"N{number:05}", email="", batch_id=batch)

        await town.run(add)
    deed_id = await town.begin(Kind.SUSPEND)
    await town.job.work()
    progress = await town.store.read(bulk_rows.progress, 1, deed_id)
    assert progress.outcomes == {Outcome.NOBODY: 3000}

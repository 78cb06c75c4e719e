"""Reminders go once, by day, to those who have something left to pay."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from edge.jobs.mailing_gathering import gather
from edge.jobs.reminders import begin, due
from store import mailing_rounds, organisations
from store.mail_settings import Kept, Settings
from store.mailing_rounds import Reminding
from store.mailings import Kind
from store.outbox import Purpose
from tests import factories
from tests.edge.jobs.post_room import PostRoom, post_room

MORNING = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
"""Three days before the invoices are due."""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[PostRoom]:
    opened = await post_room(tmp_path)
    await opened.settle(mail_reminders=True, reminder_days_before=3, reminder_days_after=7)
    yield opened
    await opened.store.close()


async def look(room: PostRoom, at: datetime) -> None:
    room.now = at
    await begin(room.store, at)
    await room.jobs.work()


async def subjects(room: PostRoom) -> list[str]:
    return [mail.subject for mail in await room.mails() if mail.recipient == "one@harbour.example"]


def on(day: int, hour: int = 9) -> datetime:
    """A day counted from the due date, 1 December."""
    return datetime(2026, 12, 1, hour, 30, tzinfo=UTC) + timedelta(days=day)


async def test_each_reminder_goes_once_before_and_once_after(room: PostRoom) -> None:
    for day in range(-6, 30):
        for hour in (3, 9, 12, 20):
            await look(room, on(day, hour))
        room.restart()
    assert await subjects(room) == [
        "Invoice INV-1 from Meridian Telecom is due on 1 December 2026",
        "Invoice INV-1 from Meridian Telecom is overdue",
    ]
    assert {mail.purpose for mail in await room.mails()} == {Purpose.REMINDER}
    assert len(await room.mails()) == 6, "one and two addresses, twice"


async def test_reminder_goes_on_its_day(room: PostRoom) -> None:
    await look(room, on(-4))
    assert await room.mails() == []
    await look(room, on(-3))
    assert len(await room.mails()) == 3
    await look(room, on(6))
    assert len(await room.mails()) == 3
    await look(room, on(7))
    assert len(await room.mails()) == 6


async def test_reminder_of_a_day_that_was_missed_still_goes(room: PostRoom) -> None:
    await look(room, on(-1))
    assert len(await subjects(room)) == 1
    await look(room, on(20))
    assert len(await subjects(room)) == 2


async def test_reminder_that_is_far_too_late_does_not_go(room: PostRoom) -> None:
    await look(room, on(22))
    assert await room.mails() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoice_revisions SET status = 'settled', paid = gross, due_amount = 0",
        "UPDATE invoice_revisions SET status = 'void'",
        "UPDATE invoice_revisions SET kind = 'credit_note'",
        "UPDATE invoice_revisions SET due_on = NULL",
        "UPDATE invoice_revisions SET due_amount = 0",
        "UPDATE batches SET state = 'withdrawn'",
        "UPDATE batches SET state = 'draft'",
        "UPDATE mail_settings SET mail_reminders = 0, reminders_since = NULL",
        "UPDATE mail_settings SET reminder_days_before = 0, reminder_days_after = 0",
    ],
)
async def test_nobody_is_reminded_without_cause(room: PostRoom, change: str) -> None:
    await room.execute(change)
    await look(room, on(-3))
    await look(room, on(8))
    assert await room.mails() == []


async def test_partly_settled_invoice_is_reminded_of_what_is_left(room: PostRoom) -> None:
    await room.execute(
        "UPDATE invoice_revisions SET status = 'partly_settled', paid = 2000, due_amount = 10000"
    )
    await look(room, on(-3))
    assert "£100.00 of invoice INV-1" in (await room.mails())[0].text


async def test_invoice_that_is_settled_meanwhile_is_not_reminded(room: PostRoom) -> None:
    room.now = on(-3)
    await begin(room.store, room.now)
    found = (await room.store.read(mailing_rounds.open_mailings, room.now))[0]
    await gather(room.store, found, room.now)
    await room.execute("UPDATE invoice_revisions SET status = 'settled', due_amount = 0")
    await room.jobs.work()
    assert await room.mails() == []
    assert {result.words for result in await room.results(found.id)} >= {
        "It was settled before its reminder was made."
    }


async def test_suspended_organisation_reminds_nobody(room: PostRoom) -> None:
    await room.store.write(organisations.set_suspended, room.meridian, True)
    await look(room, on(-3))
    assert await room.mails() == []


async def test_switching_on_does_not_remind_of_the_past(room: PostRoom) -> None:
    await room.execute("UPDATE mail_settings SET reminders_since = ?", int(on(9).timestamp() * 1000))
    await look(room, on(10))
    assert await room.mails() == []


async def test_short_terms_are_not_reminded_of_beforehand(room: PostRoom) -> None:
    await room.execute("UPDATE invoice_revisions SET issued_on = '2026-11-29'")
    await look(room, on(-2))
    assert await room.mails() == []


async def test_reminder_attaches_nothing_and_links_for_those_who_can_sign_in(room: PostRoom) -> None:
    await room.store.write(factories.user, room.meridian, "one@harbour.example", "A1")
    await look(room, on(-3))
    first, second, _ = await room.mails()
    assert first.attachment_sha256 is None
    public_id = factories.public(room.meridian, "INV-1")
    assert f"https://billing.meridian.example/invoices/{public_id}" in first.text
    assert "https://billing.meridian.example/invoices" not in second.text


@pytest.mark.parametrize(
    ("zone", "hour", "goes"),
    [
        ("Europe/London", 8, False),
        ("Europe/London", 9, True),
        ("Europe/London", 16, True),
        ("Europe/London", 17, False),
        ("Asia/Tokyo", 0, True),
        ("Asia/Tokyo", 9, False),
        ("America/New_York", 13, False),
        ("America/New_York", 14, True),
    ],
)
def test_reminders_go_in_the_organisations_own_working_hours(zone: str, hour: int, goes: bool) -> None:
    one = Reminding(1, zone, Kept(Settings(mail_reminders=True, reminder_days_after=0), None, MORNING, None))
    found = due(one, datetime(2026, 11, 28, hour, 15, tzinfo=UTC))
    assert [asked.kind for asked in found] == ([Kind.REMINDERS_BEFORE] if goes else [])
    assert all(asked.day == date(2026, 11, 28) for asked in found)

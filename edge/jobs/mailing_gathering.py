"""Gathering: one step of finding whom a mailing concerns, with the addresses of each."""

from datetime import datetime, timedelta
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from portal.invoices.recipients import recipients
from store import mail_settings, mailing_gathering, mailing_items, mailings, organisations
from store.database import Store
from store.mailing_gathering import Found, Remind
from store.mailing_items import New
from store.mailings import Kind, Mailing

OLDEST_INVOICE = timedelta(days=31)
OLDEST_PAYMENT = timedelta(days=14)
"""What goes by itself is news: older rows are an organisation's history, imported."""
KEPT_AT_A_TIME = 40
"""Customers a transaction: each may have several addresses."""


async def gather(store: Store, mailing: Mailing, now: datetime) -> None:
    """Add the next few hundred of a mailing's mails, or end its gathering."""
    found = await store.read(_next, mailing, now)
    for first in range(0, len(found), KEPT_AT_A_TIME):
        some = found[first : first + KEPT_AT_A_TIME]
        new = [one for each in some for one in _mails(each)]
        await store.write(_keep, mailing, new, some[-1].place)
    if not found:
        await store.write(_keep, mailing, [], None)


def _mails(found: Found) -> list[New]:
    """One mail an address, and one that failed where there is none."""
    return [
        New(found.account_id, found.purpose, found.object_id, one.address, one.reason)
        for one in recipients(found.email)
    ]


def _keep(db: Connection, mailing: Mailing, new: list[New], place: int | None) -> None:
    mailing_items.add(db, mailing.organisation_id, mailing.id, new, again=mailing.again)
    mailings.gathered(db, mailing.organisation_id, mailing.id, place)


def _next(db: Connection, mailing: Mailing, now: datetime) -> list[Found]:
    match mailing.kind:
        case Kind.INVOICES:
            return _invoices(db, mailing, now)
        case Kind.PAYMENTS:
            assert mailing.batch_id
            oldest = (now - OLDEST_PAYMENT).date()
            return mailing_gathering.payments_of(
                db, mailing.organisation_id, mailing.batch_id, mailing.place, oldest
            )
        case Kind.REMINDERS_BEFORE | Kind.REMINDERS_AFTER:
            return _reminders(db, mailing)


def _invoices(db: Connection, mailing: Mailing, now: datetime) -> list[Found]:
    assert mailing.batch_id
    oldest = (now - OLDEST_INVOICE).date() if mailing.by_itself else None
    return mailing_gathering.of_run(db, mailing.organisation_id, mailing.batch_id, mailing.place, oldest)


def _reminders(db: Connection, mailing: Mailing) -> list[Found]:
    """Nothing once reminders were switched off."""
    organisation = organisations.by_id(db, mailing.organisation_id)
    kept = mail_settings.find(db, mailing.organisation_id)
    if kept.reminders_since is None or mailing.day is None or organisation is None:
        return []
    since = kept.reminders_since.astimezone(ZoneInfo(organisation.time_zone)).date()
    if mailing.kind is Kind.REMINDERS_BEFORE:
        remind = Remind(mailing.day, kept.settings.reminder_days_before, since)
        return mailing_gathering.due_soon(db, mailing.organisation_id, remind, mailing.place)
    remind = Remind(mailing.day, kept.settings.reminder_days_after, since)
    return mailing_gathering.overdue(db, mailing.organisation_id, remind, mailing.place)

"""What an organisation mails by itself, and since when."""

import sqlite3
from datetime import timedelta

from store import mail_settings
from store.mail_settings import Kept, Settings
from tests import factories
from tests.factories import NOW

LATER = NOW + timedelta(days=3)


def test_nothing_goes_by_itself_at_first(db: sqlite3.Connection) -> None:
    assert mail_settings.find(db, factories.organisation(db).id) == Kept(Settings(), None, None, None)


def test_what_was_saved_is_found_with_the_moment_of_each_switch(db: sqlite3.Connection) -> None:
    meridian, other = factories.organisation(db).id, factories.organisation(db, "other").id
    first = Settings(mail_invoices_on_publish=True, wait_minutes=0)
    mail_settings.save(db, meridian, first, NOW)
    assert mail_settings.find(db, meridian) == Kept(first, NOW, None, None)
    second = Settings(mail_invoices_on_publish=True, mail_reminders=True, reminder_days_after=10)
    mail_settings.save(db, meridian, second, LATER)
    assert mail_settings.find(db, meridian) == Kept(second, NOW, LATER, None)
    assert mail_settings.find(db, other).settings == Settings()


def test_a_switch_that_goes_off_and_on_counts_from_then(db: sqlite3.Connection) -> None:
    meridian = factories.organisation(db).id
    for at, on in ((NOW, True), (NOW + timedelta(days=1), False), (LATER, True)):
        mail_settings.save(db, meridian, Settings(mail_payments=on), at)
    assert mail_settings.find(db, meridian).payments_since == LATER

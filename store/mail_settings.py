"""Mail settings: what an organisation mails by itself: invoices once they are published, reminders, payments."""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime

from store.instants import maybe_instant, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an admin decides; `reminder_days_*` 0: none of these. Nothing goes by itself at first."""

    mail_invoices_on_publish: bool = False
    wait_minutes: int = 60
    """Between publishing and mailing: for PDFs that are imported after, and to take a mistake back."""
    mail_reminders: bool = False
    reminder_days_before: int = 3
    reminder_days_after: int = 7
    mail_payments: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """The settings, and since when each switch is on: what came before is not mailed."""

    settings: Settings
    invoices_since: datetime | None
    reminders_since: datetime | None
    payments_since: datetime | None


def find(db: sqlite3.Connection, organisation_id: int) -> Kept:
    """The settings of an organisation."""
    row = db.execute(
        "SELECT * FROM mail_settings WHERE organisation_id = :organisation_id",
        {"organisation_id": organisation_id},
    ).fetchone()
    return _kept(row) if row else Kept(Settings(), None, None, None)


def save(db: sqlite3.Connection, organisation_id: int, settings: Settings, now: datetime) -> None:
    """Keep what an admin decided; a switch that was on stays on since then."""
    db.execute(
        "INSERT INTO mail_settings (organisation_id, mail_invoices_on_publish, wait_minutes, mail_reminders,"
        " reminder_days_before, reminder_days_after, mail_payments, invoices_since, reminders_since,"
        " payments_since) VALUES (:organisation_id, :mail_invoices_on_publish, :wait_minutes, :mail_reminders,"
        " :reminder_days_before, :reminder_days_after, :mail_payments,"
        " CASE WHEN :mail_invoices_on_publish THEN :now END, CASE WHEN :mail_reminders THEN :now END,"
        " CASE WHEN :mail_payments THEN :now END)"
        " ON CONFLICT (organisation_id) DO UPDATE SET wait_minutes = excluded.wait_minutes,"
        " mail_invoices_on_publish = excluded.mail_invoices_on_publish,"
        " mail_reminders = excluded.mail_reminders, mail_payments = excluded.mail_payments,"
        " reminder_days_before = excluded.reminder_days_before,"
        " reminder_days_after = excluded.reminder_days_after,"
        " invoices_since = CASE WHEN :mail_invoices_on_publish THEN coalesce(invoices_since, :now) END,"
        " reminders_since = CASE WHEN :mail_reminders THEN coalesce(reminders_since, :now) END,"
        " payments_since = CASE WHEN :mail_payments THEN coalesce(payments_since, :now) END",
        asdict(settings) | {"organisation_id": organisation_id, "now": to_ms(now)},
    )


def _kept(row: sqlite3.Row) -> Kept:
    return Kept(
        Settings(
            mail_invoices_on_publish=bool(row["mail_invoices_on_publish"]),
            wait_minutes=row["wait_minutes"],
            mail_reminders=bool(row["mail_reminders"]),
            reminder_days_before=row["reminder_days_before"],
            reminder_days_after=row["reminder_days_after"],
            mail_payments=bool(row["mail_payments"]),
        ),
        maybe_instant(row["invoices_since"]),
        maybe_instant(row["reminders_since"]),
        maybe_instant(row["payments_since"]),
    )

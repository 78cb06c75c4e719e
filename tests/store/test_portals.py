import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from store import organisations, portals
from store.portals import Portal, Settings
from store.profile_fields import Policy

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CHOSEN = Settings(
    theme_colour="#FFFF00",
    allow_registration=True,
    approve_registrations=True,
    show_invoices=False,
    show_payments=False,
    show_calls=False,
    show_profile=False,
    label_invoices="Bills",
    label_payments="Paid",
    label_calls="Usage",
    label_profile="About you",
    terms_label="Terms",
    terms_url="https://a.example/terms",
    privacy_label="Privacy",
    privacy_url="https://a.example/privacy",
    contact_label="Contact",
    contact_url="https://a.example/contact",
    session_minutes=480,
    require_second_factor=True,
    field_email=Policy.APPROVE,
    field_phone=Policy.READ,
    field_country=Policy.HIDDEN,
)


def portal_of(db: sqlite3.Connection, organisation_id: int) -> Portal:
    found = portals.find(db, organisation_id)
    assert found
    return found


def test_new_portal_has_the_default_settings(db: sqlite3.Connection) -> None:
    added = organisations.add(db, "acme", "Acme", NOW)
    assert portal_of(db, added.id).settings == Settings()


def test_saved_settings_are_those_of_one_organisation(db: sqlite3.Connection) -> None:
    acme, other = (organisations.add(db, slug, slug, NOW) for slug in ("acme", "other"))
    portals.save(db, acme.id, CHOSEN, LATER)
    assert portal_of(db, acme.id).settings == CHOSEN
    assert portal_of(db, acme.id).updated_at == LATER
    assert portal_of(db, other.id).settings == Settings()
    assert portal_of(db, other.id).updated_at == NOW


def test_settings_say_nothing_of_whether_the_portal_is_on(db: sqlite3.Connection) -> None:
    acme = organisations.add(db, "acme", "Acme", NOW)
    portals.set_enabled(db, acme.id, True, NOW)
    portals.save(db, acme.id, replace(CHOSEN, session_minutes=15), LATER)
    assert portal_of(db, acme.id).enabled


def test_kept_settings_have_the_types_they_are_declared_with(db: sqlite3.Connection) -> None:
    acme = organisations.add(db, "acme", "Acme", NOW)
    portals.save(db, acme.id, CHOSEN, NOW)
    kept = portal_of(db, acme.id).settings
    assert [type(getattr(kept, name)) for name in portals.SETTINGS] == [
        type(getattr(CHOSEN, name)) for name in portals.SETTINGS
    ]

"""Portals: how an organisation shows itself to its customers: name, colour, pages, details, open or closed."""

import sqlite3
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from store import profile_fields
from store.bill.rounding import Rounding
from store.instants import from_ms, maybe_instant, to_ms
from store.profile_fields import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an admin decides about a portal; an empty label is our own word, a link without URL is none."""

    use_external: bool = True
    """The portal is at a name of the organisation's own, not at its label under the provider's domain."""
    theme_colour: str = "#1F5FA8"
    logo_light: str = ""
    """A picture's SHA-256 in hex, or nothing; so are the next two."""
    logo_dark: str = ""
    favicon: str = ""
    sign_in_headline: str = ""
    sign_in_text: str = ""
    allow_registration: bool = False
    approve_registrations: bool = False
    show_invoices: bool = True
    show_payments: bool = True
    show_calls: bool = True
    show_profile: bool = True
    list_free_calls: bool = False
    """Calls without charge to freephone numbers and helplines are listed like others."""
    label_invoices: str = ""
    label_payments: str = ""
    label_calls: str = ""
    label_profile: str = ""
    terms_label: str = ""
    terms_url: str = ""
    privacy_label: str = ""
    privacy_url: str = ""
    contact_label: str = ""
    contact_url: str = ""
    session_minutes: int = 30
    require_second_factor: bool = False
    field_email: Policy = Policy.EDIT
    field_phone: Policy = Policy.EDIT
    field_address1: Policy = Policy.EDIT
    field_address2: Policy = Policy.EDIT
    field_town: Policy = Policy.EDIT
    field_county: Policy = Policy.EDIT
    field_postcode: Policy = Policy.EDIT
    field_country: Policy = Policy.EDIT
    rounding: Rounding = Rounding.HALF_UP
    """By which rule the charges of calls become money on bills; see `store.bill.rounding`."""
    round_each_call: bool = False
    pay_url: str = ""
    """Where customers pay at the provider's; see `portal.payments.pay_link`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal(Settings):
    """An organisation's door, as its pages, mails and made documents need it."""

    organisation_id: int
    name: str
    enabled: bool
    suspended: bool
    time_zone: str
    currency: str
    company_number: str
    vat_number: str
    address: str
    phone: str
    email: str
    payment_details: str
    opening_hours: str
    complaints_url: str
    adr_scheme: str
    adr_url: str
    keep_calls_days: int | None
    mail_from: str
    mail_from_token: str
    mail_from_verified_at: datetime | None
    mail_reply_to: str
    updated_at: datetime

    def policy(self, field: str) -> Policy:
        """What one of a customer's details is to them; the name on the contract is there to read."""
        setting = profile_fields.SETTINGS.get(field)
        return Policy(getattr(self, setting)) if setting else Policy.READ

    @property
    def settings(self) -> Settings:
        """What an admin decided, apart from the rest."""
        return Settings(**{name: getattr(self, name) for name in SETTINGS})


SETTINGS = tuple(field.name for field in fields(Settings))
"""The columns of `portals` that `save` writes."""
_DEFAULTS = Settings()


def find(db: sqlite3.Connection, organisation_id: int) -> Portal | None:
    """The portal of an organisation."""
    row = db.execute(
        f"SELECT {', '.join(f'p.{name}' for name in SETTINGS)}, o.id AS organisation_id, o.name, o.status,"
        " p.enabled, o.time_zone, o.currency, o.company_number, o.vat_number, o.address, o.phone, o.email,"
        " o.payment_details, o.opening_hours, o.complaints_url, o.adr_scheme, o.adr_url, o.keep_calls_days,"
        " p.mail_from, p.mail_from_token, p.mail_from_verified_at, p.mail_reply_to, p.updated_at"
        " FROM organisations o JOIN portals p ON p.organisation_id = o.id WHERE o.id = :organisation_id",
        {"organisation_id": organisation_id},
    ).fetchone()
    return _portal(row) if row else None


def save(db: sqlite3.Connection, organisation_id: int, settings: Settings, now: datetime) -> None:
    """Keep what an admin decided."""
    values = {name: getattr(settings, name) for name in SETTINGS}
    columns = ", ".join(f"{name} = :{name}" for name in SETTINGS)
    db.execute(
        f"UPDATE portals SET {columns}, updated_at = :now WHERE organisation_id = :organisation_id",
        values | {"organisation_id": organisation_id, "now": to_ms(now)},
    )


def set_enabled(db: sqlite3.Connection, organisation_id: int, enabled: bool, now: datetime) -> None:
    """Open the portal to customers, or close it; closing ends the sessions of all who are there."""
    if not enabled:
        db.execute(
            "DELETE FROM sessions WHERE organisation_id = :organisation_id",
            {"organisation_id": organisation_id},
        )
    db.execute(
        "UPDATE portals SET enabled = :enabled, updated_at = :now WHERE organisation_id = :organisation_id",
        {"organisation_id": organisation_id, "enabled": int(enabled), "now": to_ms(now)},
    )


def set_theme_colour(db: sqlite3.Connection, organisation_id: int, colour: str, now: datetime) -> None:
    """Set the colour, `#RRGGBB`, from which the pages' shades are computed."""
    db.execute(
        "UPDATE portals SET theme_colour = :colour, updated_at = :now"
        " WHERE organisation_id = :organisation_id",
        {"organisation_id": organisation_id, "colour": colour, "now": to_ms(now)},
    )


def _portal(row: sqlite3.Row) -> Portal:
    return Portal(
        **_settings(row),
        organisation_id=row["organisation_id"],
        name=row["name"],
        enabled=bool(row["enabled"]),
        suspended=row["status"] == "suspended",
        time_zone=row["time_zone"],
        currency=row["currency"],
        company_number=row["company_number"],
        vat_number=row["vat_number"],
        address=row["address"],
        phone=row["phone"],
        email=row["email"],
        payment_details=row["payment_details"],
        opening_hours=row["opening_hours"],
        complaints_url=row["complaints_url"],
        adr_scheme=row["adr_scheme"],
        adr_url=row["adr_url"],
        keep_calls_days=row["keep_calls_days"],
        mail_from=row["mail_from"],
        mail_from_token=row["mail_from_token"],
        mail_from_verified_at=maybe_instant(row["mail_from_verified_at"]),
        mail_reply_to=row["mail_reply_to"],
        updated_at=from_ms(row["updated_at"]),
    )


def _settings(row: sqlite3.Row) -> dict[str, Any]:
    """The settings of a row, each of the type of its default."""
    return {name: type(getattr(_DEFAULTS, name))(row[name]) for name in SETTINGS}

"""Portals: how an organisation shows itself to its customers: name, colour, details, open or closed."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.instants import to_ms


@dataclass(frozen=True, slots=True)
class Portal:
    """An organisation's door, as its pages need it."""

    organisation_id: int
    name: str
    enabled: bool
    suspended: bool
    theme_colour: str
    allow_registration: bool
    time_zone: str
    currency: str
    company_number: str
    vat_number: str
    address: str
    phone: str
    email: str
    payment_details: str


def find(db: sqlite3.Connection, organisation_id: int) -> Portal | None:
    """The portal of an organisation."""
    row = db.execute(
        "SELECT o.id AS organisation_id, o.name, p.enabled, o.status, p.theme_colour, p.allow_registration,"
        " o.time_zone, o.currency, o.company_number, o.vat_number, o.address, o.phone, o.email,"
        " o.payment_details"
        " FROM organisations o JOIN portals p ON p.organisation_id = o.id WHERE o.id = :organisation_id",
        {"organisation_id": organisation_id},
    ).fetchone()
    return _portal(row) if row else None


def set_enabled(db: sqlite3.Connection, organisation_id: int, enabled: bool, now: datetime) -> None:
    """Open the portal to customers, or close it."""
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
        organisation_id=row["organisation_id"],
        name=row["name"],
        enabled=bool(row["enabled"]),
        suspended=row["status"] == "suspended",
        theme_colour=row["theme_colour"],
        allow_registration=bool(row["allow_registration"]),
        time_zone=row["time_zone"],
        currency=row["currency"],
        company_number=row["company_number"],
        vat_number=row["vat_number"],
        address=row["address"],
        phone=row["phone"],
        email=row["email"],
        payment_details=row["payment_details"],
    )

"""Organisations: the client companies of the operator; each owns a portal and all of its data."""

import re
import sqlite3
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime

from store import reserved_labels
from store.instants import from_ms, to_ms
from store.reserved_labels import NotALabel

MAX_NAME = 100
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A client company."""

    id: int
    slug: str
    name: str
    suspended: bool
    time_zone: str
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Details:
    """What invoices, mails and pages say of an organisation; text, and empty where there is none."""

    company_number: str = ""
    vat_number: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    payment_details: str = ""
    opening_hours: str = ""
    complaints_url: str = ""
    adr_scheme: str = ""
    adr_url: str = ""


class SlugTaken(Exception):
    """Another organisation has this slug."""


class BadSlug(ValueError):
    """A slug is 1 to 40 lower-case letters, digits and inner hyphens, and no name of the provider's."""


class BadName(ValueError):
    """A name is one line of text, since it stands in pages, mails and lists."""


def add(db: sqlite3.Connection, slug: str, name: str, now: datetime) -> Organisation:
    """Make an organisation with its (disabled) portal; `BadSlug`, `BadName`, `SlugTaken`."""
    if not SLUG.match(slug):
        raise BadSlug(f"{slug!r}: use 1 to 40 lower-case letters, digits and inner hyphens")
    if isinstance(refused := reserved_labels.parse(slug), NotALabel):
        raise BadSlug(f"{slug!r}: {refused.reason}")
    if not _is_one_line(name):
        raise BadName(f"{name!r}: use one line of 1 to {MAX_NAME} characters")
    if by_slug(db, slug) or _is_label(db, slug):
        raise SlugTaken(slug)
    values = {"slug": slug, "name": name, "now": to_ms(now)}
    db.execute("INSERT INTO organisations (slug, name, created_at) VALUES (:slug, :name, :now)", values)
    db.execute(
        "INSERT INTO portals (organisation_id, updated_at)"
        " SELECT id, :now FROM organisations WHERE slug = :slug",
        values,
    )
    added = by_slug(db, slug)
    assert added
    db.execute(
        "INSERT INTO provider_labels (label, organisation_id, current, created_at) VALUES (:slug, :id, 1, :now)",
        values | {"id": added.id},
    )
    return added


def by_slug(db: sqlite3.Connection, slug: str) -> Organisation | None:
    """The organisation of this slug."""
    row = db.execute(f"{_SELECT} WHERE slug = :slug", {"slug": slug}).fetchone()
    return _organisation(row) if row else None


def by_id(db: sqlite3.Connection, organisation_id: int) -> Organisation | None:
    """The organisation of this id."""
    row = db.execute(f"{_SELECT} WHERE id = :id", {"id": organisation_id}).fetchone()
    return _organisation(row) if row else None


def every(db: sqlite3.Connection) -> list[Organisation]:
    """All organisations by slug."""
    return [_organisation(row) for row in db.execute(f"{_SELECT} ORDER BY slug")]


def describe(db: sqlite3.Connection, organisation_id: int, details: Details) -> None:
    """Keep what pages say of an organisation."""
    db.execute(
        "UPDATE organisations SET company_number = :company_number, vat_number = :vat_number,"
        " address = :address, phone = :phone, email = :email, payment_details = :payment_details,"
        " opening_hours = :opening_hours, complaints_url = :complaints_url, adr_scheme = :adr_scheme,"
        " adr_url = :adr_url WHERE id = :id",
        asdict(details) | {"id": organisation_id},
    )


def set_suspended(db: sqlite3.Connection, organisation_id: int, suspended: bool) -> None:
    """Suspend or resume: a suspended one's names answer 503 with no brand."""
    db.execute(
        "UPDATE organisations SET status = :status WHERE id = :id",
        {"status": "suspended" if suspended else "active", "id": organisation_id},
    )


_SELECT = "SELECT id, slug, name, status, time_zone, currency, created_at FROM organisations"


def _is_label(db: sqlite3.Connection, slug: str) -> bool:
    """Whether somebody has, or had, it as their label under the provider's domain."""
    row = db.execute("SELECT 1 FROM provider_labels WHERE label = :slug", {"slug": slug}).fetchone()
    return row is not None


def _is_one_line(name: str) -> bool:
    unwanted = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    seen = {unicodedata.category(character) for character in name}
    return 0 < len(name.strip()) and len(name) <= MAX_NAME and not seen & unwanted


def _organisation(row: sqlite3.Row) -> Organisation:
    return Organisation(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        suspended=row["status"] == "suspended",
        time_zone=row["time_zone"],
        currency=row["currency"],
        created_at=from_ms(row["created_at"]),
    )

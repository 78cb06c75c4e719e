"""Brand: what an organisation's pages look like: its portal's settings, with the pictures that they name."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from store import images, organisations, portals
from store.images import Picture, Rendition
from store.organisations import Details
from store.portals import Portal

PICTURES = ("logo_light", "logo_dark", "favicon")
"""The settings whose value is a picture's SHA-256."""
SWITCHES = ("show_invoices", "show_payments", "show_calls", "show_profile")
LABELS = ("label_invoices", "label_payments", "label_calls", "label_profile")
DRAFTED = (*PICTURES, "theme_colour", "sign_in_headline", "sign_in_text", *SWITCHES, *LABELS)
"""The settings that are drafted before customers see them."""


@dataclass(frozen=True, slots=True)
class Brand:
    """What pages show of an organisation."""

    portal: Portal
    logo_light: Picture | None = None
    logo_dark: Picture | None = None
    favicon: Picture | None = None

    def shows(self, digest: str) -> bool:
        """Whether a picture is one of these."""
        return any(each and each.sha256 == digest for each in (self.logo_light, self.logo_dark, self.favicon))


@dataclass(frozen=True, slots=True)
class Dressing:
    """All that makes a look, to be put on elsewhere."""

    portal: Portal
    pictures: tuple[tuple[Rendition, ...], ...]


def published(db: sqlite3.Connection, organisation_id: int) -> Brand | None:
    """The brand that customers see."""
    portal = portals.find(db, organisation_id)
    return of(db, organisation_id, portal) if portal else None


def of(db: sqlite3.Connection, organisation_id: int, portal: Portal) -> Brand:
    """The brand of a portal's settings, published or not."""
    found = {name: _picture(db, organisation_id, getattr(portal, name)) for name in PICTURES}
    return Brand(portal, **found)


def put_on(db: sqlite3.Connection, organisation_id: int, shown: Dressing, now: datetime) -> None:
    """Give an organisation another's looks: its name, details, settings and pictures; for a preview's store."""
    portal = shown.portal
    details = Details(**{field.name: getattr(portal, field.name) for field in fields(Details)})
    organisations.describe(db, organisation_id, details)
    db.execute(
        "UPDATE organisations SET name = :name, time_zone = :time_zone WHERE id = :organisation_id",
        {"name": portal.name, "time_zone": portal.time_zone, "organisation_id": organisation_id},
    )
    for picture in shown.pictures:
        images.put(db, organisation_id, picture, now)
    portals.save(db, organisation_id, portal.settings, now)
    used = frozenset(str(getattr(portal, name)) for name in PICTURES)
    images.sweep(db, organisation_id, used)


def dressing(db: sqlite3.Connection, organisation_id: int, values: Mapping[str, Any]) -> Dressing:
    """An organisation's portal with other values of its settings, and the pictures that these name."""
    portal = portals.find(db, organisation_id)
    assert portal is not None
    digests = (str(values[name]) for name in PICTURES)
    found = (tuple(images.renditions(db, organisation_id, digest)) for digest in digests if digest)
    return Dressing(replace(portal, **values), tuple(each for each in found if each))


def _picture(db: sqlite3.Connection, organisation_id: int, digest: str) -> Picture | None:
    return images.find(db, organisation_id, digest) if digest else None

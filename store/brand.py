"""Brand: what an organisation's pages look like: its portal's settings, with the pictures that they name."""

import sqlite3
from dataclasses import dataclass

from store import images, portals
from store.images import Picture
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


def published(db: sqlite3.Connection, organisation_id: int) -> Brand | None:
    """The brand that customers see."""
    portal = portals.find(db, organisation_id)
    return of(db, organisation_id, portal) if portal else None


def of(db: sqlite3.Connection, organisation_id: int, portal: Portal) -> Brand:
    """The brand of a portal's settings, published or not."""
    found = {name: _picture(db, organisation_id, getattr(portal, name)) for name in PICTURES}
    return Brand(portal, **found)


def _picture(db: sqlite3.Connection, organisation_id: int, digest: str) -> Picture | None:
    return images.find(db, organisation_id, digest) if digest else None

"""Provider labels: an organisation's name under the provider's domain; those it had before still lead to it."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import domains
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.instants import from_ms, to_ms

MOST = 10
"""An organisation keeps at most so many labels, the present one among them."""


@dataclass(frozen=True, slots=True)
class ProviderLabel:
    """A label of an organisation; `current`: the one that its portal answers to."""

    label: str
    current: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NotRenamed:
    """Why a label was not taken, in words."""

    reason: str


def of_organisation(db: sqlite3.Connection, organisation_id: int) -> list[ProviderLabel]:
    """An organisation's labels, the present one first, then the last left first."""
    rows = db.execute(
        "SELECT label, current, created_at FROM provider_labels WHERE organisation_id = :organisation_id"
        " ORDER BY current DESC, created_at DESC, label",
        {"organisation_id": organisation_id},
    )
    return [ProviderLabel(row["label"], bool(row["current"]), from_ms(row["created_at"])) for row in rows]


def current(db: sqlite3.Connection, organisation_id: int) -> str:
    """The label that the portal answers to; empty while its organisation is being removed."""
    labels = of_organisation(db, organisation_id)
    return labels[0].label if labels and labels[0].current else ""


def destinations(db: sqlite3.Connection, organisation_id: int, provider_domain: str) -> list[Destination]:
    """The names that the labels make: the present one the portal, the earlier ones leading to it."""
    if not provider_domain:
        return []
    labels = of_organisation(db, organisation_id)
    names = {each.label: Hostname(f"{each.label}.{provider_domain}") for each in labels}
    present = next((names[each.label] for each in labels if each.current), None)
    return [
        Destination(
            hostname=names[each.label],
            room=Room.PORTAL,
            organisation_id=organisation_id,
            suspended=False,
            upstreams=(),
            confirmation=Confirmation.ADDRESS,
            cname_target=None,
            redirect_to=None if each.current else present,
        )
        for each in labels
    ]


def rename(
    db: sqlite3.Connection, organisation_id: int, label: str, provider_domain: str, now: datetime
) -> NotRenamed | None:
    """Make `label` the present one; the names follow by `store.portal_names.settle`. Refusals change nothing."""
    had = {each.label for each in of_organisation(db, organisation_id)}
    if reason := _why_not(db, organisation_id, label, provider_domain, had):
        return NotRenamed(reason)
    values = {"organisation_id": organisation_id, "label": label, "now": to_ms(now)}
    db.execute("UPDATE provider_labels SET current = 0 WHERE organisation_id = :organisation_id", values)
    db.execute(
        "INSERT INTO provider_labels (label, organisation_id, current, created_at)"
        " VALUES (:label, :organisation_id, 1, :now) ON CONFLICT (label) DO UPDATE SET current = 1",
        values,
    )
    return None


def _why_not(
    db: sqlite3.Connection, organisation_id: int, label: str, provider_domain: str, had: set[str]
) -> str:
    if label in had:
        return ""
    if db.execute("SELECT 1 FROM provider_labels WHERE label = :label", {"label": label}).fetchone():
        return f"“{label}” is in use elsewhere; choose another"
    taken = domains.by_hostname(db, Hostname(f"{label}.{provider_domain}")) if provider_domain else None
    if taken and taken.destination.organisation_id != organisation_id:
        return f"“{label}” is in use elsewhere; choose another"
    if len(had) >= MOST:
        return f"you have had {MOST} names already, and each is kept for you; choose one of them"
    return ""

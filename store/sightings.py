"""Sightings: which invoice a customer's user has opened or downloaded, and when; people only."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.instants import from_ms, maybe_instant, to_ms

EVERY = timedelta(minutes=1)
"""A sight of the same invoice by the same user is written at most this often."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One user's sights of one invoice."""

    invoice_id: int
    number: str
    user_id: int
    email: str
    first_at: datetime
    last_at: datetime
    downloaded_at: datetime | None
    """When its PDF was last downloaded."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A user opens an invoice, or downloads its PDF, now."""

    invoice_id: int
    user_id: int
    downloaded: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: the last sighting that was shown."""

    last_at: datetime
    invoice_id: int
    user_id: int


def is_due(db: sqlite3.Connection, organisation_id: int, sight: Sight) -> bool:
    """Whether a sight tells more than what is written, or what is written is a minute old."""
    row = db.execute(
        f"SELECT last_at, downloaded_at FROM sightings WHERE {_KEY}", _key(organisation_id, sight)
    ).fetchone()
    if row is None:
        return True
    written = maybe_instant(row["downloaded_at"]) if sight.downloaded else from_ms(row["last_at"])
    return written is None or sight.at >= written + EVERY


def note(db: sqlite3.Connection, organisation_id: int, sight: Sight) -> None:
    """Write a sight; instants never go back."""
    at = to_ms(sight.at)
    db.execute(
        "INSERT INTO sightings (organisation_id, invoice_id, user_id, first_at, last_at, downloaded_at)"
        " VALUES (:organisation_id, :invoice_id, :user_id, :at, :at, :downloaded_at)"
        " ON CONFLICT (organisation_id, invoice_id, user_id) DO UPDATE SET"
        " last_at = max(last_at, excluded.last_at),"
        " downloaded_at = max(coalesce(downloaded_at, excluded.downloaded_at),"
        " coalesce(excluded.downloaded_at, downloaded_at))",
        _key(organisation_id, sight) | {"at": at, "downloaded_at": at if sight.downloaded else None},
    )


def of_invoice(db: sqlite3.Connection, organisation_id: int, invoice_id: int) -> list[Sighting]:
    """Who has seen an invoice, the last one first."""
    rows = db.execute(
        f"{_SELECT} WHERE s.organisation_id = :organisation_id AND s.invoice_id = :invoice_id"
        " ORDER BY s.last_at DESC, s.user_id DESC",
        {"organisation_id": organisation_id, "invoice_id": invoice_id},
    )
    return [_sighting(row) for row in rows]


def of_invoices(
    db: sqlite3.Connection, organisation_id: int, invoice_ids: list[int]
) -> dict[int, list[Sighting]]:
    """Who has seen each of a page's invoices; those that nobody saw are not in it."""
    found: dict[int, list[Sighting]] = {}
    for invoice_id in invoice_ids:
        if sightings := of_invoice(db, organisation_id, invoice_id):
            found[invoice_id] = sightings
    return found


def of_account(
    db: sqlite3.Connection, organisation_id: int, account_id: int, after: Place | None, limit: int
) -> list[Sighting]:
    """Who has seen which invoice of a customer, the last sight first, after a place."""
    later = (
        "AND (s.last_at, s.invoice_id, s.user_id) < (:last_at, :after_invoice, :after_user)" if after else ""
    )
    rows = db.execute(
        f"{_SELECT} WHERE i.organisation_id = :organisation_id AND i.account_id = :account_id {later}"
        " ORDER BY s.last_at DESC, s.invoice_id DESC, s.user_id DESC LIMIT :limit",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "limit": limit,
            "last_at": to_ms(after.last_at) if after else None,
            "after_invoice": after.invoice_id if after else None,
            "after_user": after.user_id if after else None,
        },
    )
    return [_sighting(row) for row in rows]


def unseen(db: sqlite3.Connection, organisation_id: int, account_id: int) -> int:
    """How many of a customer's invoices nobody of theirs has opened yet."""
    row = db.execute(
        "SELECT count(*) AS unseen FROM visible_invoices v"
        " WHERE v.organisation_id = :organisation_id AND v.account_id = :account_id AND NOT EXISTS"
        " (SELECT 1 FROM sightings s WHERE s.organisation_id = v.organisation_id AND s.invoice_id = v.invoice_id)",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return int(row["unseen"])


_KEY = "organisation_id = :organisation_id AND invoice_id = :invoice_id AND user_id = :user_id"
_SELECT = (
    "SELECT s.invoice_id, i.number, s.user_id, u.email, s.first_at, s.last_at, s.downloaded_at FROM invoices i"
    " CROSS JOIN sightings s ON s.organisation_id = i.organisation_id AND s.invoice_id = i.id"
    " JOIN users u ON u.organisation_id = s.organisation_id AND u.id = s.user_id"
)


def _key(organisation_id: int, sight: Sight) -> dict[str, object]:
    return {
        "organisation_id": organisation_id,
        "invoice_id": sight.invoice_id,
        "user_id": sight.user_id,
    }


def _sighting(row: sqlite3.Row) -> Sighting:
    return Sighting(
        invoice_id=row["invoice_id"],
        number=row["number"],
        user_id=row["user_id"],
        email=row["email"],
        first_at=from_ms(row["first_at"]),
        last_at=from_ms(row["last_at"]),
        downloaded_at=maybe_instant(row["downloaded_at"]),
    )

"""Itemisation: whether a customer's calls are listed one by one; who asks for it gets sums alone (PECR, reg. 9)."""

import sqlite3
from datetime import datetime

from store.instants import to_ms


def is_itemised(db: sqlite3.Connection, organisation_id: int, account_id: int) -> bool:
    """Whether calls are listed; they are until the customer chooses otherwise."""
    row = db.execute(
        "SELECT itemised FROM itemisations WHERE organisation_id = :organisation_id AND account_id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return bool(row["itemised"]) if row else True


def choose(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    itemised: bool,
    user_id: int,
    now: datetime,
) -> None:
    """Keep what the customer chose."""
    db.execute(
        "INSERT INTO itemisations VALUES (:organisation_id, :account_id, :itemised, :user_id, :now)"
        " ON CONFLICT DO UPDATE SET itemised = :itemised, user_id = :user_id, chosen_at = :now",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "itemised": int(itemised),
            "user_id": user_id,
            "now": to_ms(now),
        },
    )

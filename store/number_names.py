"""Number names: what a customer calls the numbers of their calls; nobody else sees it."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from store.instants import to_ms

MOST = 2000
"""Names of one customer."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Named:
    """A number and what it is called."""

    number: str
    name: str


def of_numbers(
    db: sqlite3.Connection, organisation_id: int, account_id: int, numbers: Iterable[str]
) -> dict[str, str]:
    """The names of those numbers that have one."""
    rows = db.execute(
        "SELECT number, name FROM number_names WHERE organisation_id = :organisation_id"
        " AND account_id = :account_id AND number IN (SELECT value FROM json_each(:numbers))",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "numbers": json.dumps(list(numbers)),
        },
    )
    return {row["number"]: row["name"] for row in rows}


def of_account(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[Named]:
    """All names of a customer, in the order of the names."""
    rows = db.execute(
        "SELECT number, name FROM number_names WHERE organisation_id = :organisation_id"
        " AND account_id = :account_id ORDER BY name COLLATE NOCASE, number",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return [Named(row["number"], row["name"]) for row in rows]


def put(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    named: Named,
    user_id: int,
    now: datetime,
) -> bool:
    """Name a number, or take its name away where the new one is empty; False: there are too many already."""
    key = _values(organisation_id, account_id, named.number)
    if not named.name:
        db.execute(f"DELETE FROM number_names WHERE {_KEY}", key)
        return True
    count, known = db.execute(
        "SELECT count(*), coalesce(sum(number = :number), 0) FROM number_names"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id",
        key,
    ).fetchone()
    if count >= MOST and not known:
        return False
    db.execute(
        "INSERT INTO number_names VALUES (:organisation_id, :account_id, :number, :name, :user_id, :now)"
        " ON CONFLICT DO UPDATE SET name = :name, user_id = :user_id, named_at = :now",
        key | {"name": named.name, "user_id": user_id, "now": to_ms(now)},
    )
    return True


_KEY = "organisation_id = :organisation_id AND account_id = :account_id AND number = :number"


def _values(organisation_id: int, account_id: int, number: str) -> dict[str, object]:
    return {"organisation_id": organisation_id, "account_id": account_id, "number": number}

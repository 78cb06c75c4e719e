"""Audit names: who is meant by user:17 and token:5 in an organisation's audit, while they are there."""

import sqlite3
from collections.abc import Iterable

MOST = 1000


def names(db: sqlite3.Connection, organisation_id: int, subjects: Iterable[str]) -> dict[str, str]:
    """Addresses of users and names of API tokens, by what the audit calls them."""
    return _named(db, organisation_id, subjects, "user", "users", "email") | _named(
        db, organisation_id, subjects, "token", "api_tokens", "name"
    )


def user_of(db: sqlite3.Connection, organisation_id: int, email: str) -> str | None:
    """What the audit calls the user of an address."""
    row = db.execute(
        "SELECT id FROM users WHERE organisation_id = :organisation_id AND email = :email",
        {"organisation_id": organisation_id, "email": email.strip().casefold()},
    ).fetchone()
    return f"user:{row['id']}" if row else None


def _named(
    db: sqlite3.Connection, organisation_id: int, subjects: Iterable[str], kind: str, table: str, column: str
) -> dict[str, str]:
    ids = {text.partition(":")[2] for text in subjects if text.startswith(f"{kind}:")}
    chosen = sorted(int(each) for each in ids if each.isdecimal() and each.isascii())[:MOST]
    if not chosen:
        return {}
    rows = db.execute(
        f"SELECT id, {column} AS name FROM {table} WHERE organisation_id = :organisation_id"
        f" AND id IN ({', '.join(map(str, chosen))})",
        {"organisation_id": organisation_id},
    )
    return {f"{kind}:{row['id']}": row["name"] for row in rows}

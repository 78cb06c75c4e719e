"""Notices: to whom mails for an organisation's admins go."""

import sqlite3


def admins(db: sqlite3.Connection, organisation_id: int) -> list[str]:
    """The addresses of an organisation's own admins."""
    rows = db.execute(
        "SELECT email FROM staff WHERE organisation_id = :organisation_id AND role = 'admin' ORDER BY id",
        {"organisation_id": organisation_id},
    )
    return [row["email"] for row in rows]

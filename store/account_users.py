"""Account users: how the people stand who belong to one customer."""

import sqlite3

from store.users import Status


def statuses(db: sqlite3.Connection, organisation_id: int, account_id: int) -> frozenset[Status]:
    """The statuses of a customer's users; empty: nobody was let in yet."""
    rows = db.execute(
        "SELECT DISTINCT u.status FROM memberships m"
        " JOIN users u ON u.organisation_id = m.organisation_id AND u.id = m.user_id"
        " WHERE m.organisation_id = :organisation_id AND m.account_id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return frozenset(Status(row["status"]) for row in rows)

"""Rows of a bulk deed: the customers and users it is about, in order, each with what came of it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store.candidates import DONE, Candidate, Outcome


@dataclass(frozen=True, slots=True)
class Row:
    """One customer or user of a deed; `outcome` None: still to be done."""

    position: int
    account_id: int
    user_id: int | None
    reference: str
    name: str
    email: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deed has come, by what its rows came to."""

    rows: int
    outcomes: dict[Outcome, int]

    @property
    def finished(self) -> int:
        """Rows that are over."""
        return sum(self.outcomes.values())

    @property
    def done(self) -> int:
        """Rows that came to what was meant."""
        return sum(number for outcome, number in self.outcomes.items() if outcome in DONE)


def keep_listed(
    db: sqlite3.Connection, organisation_id: int, deed_id: int, listed: Sequence[Candidate]
) -> None:
    """Write down some of those whom a deed is about; the last one's reference is where the next begin."""
    first = db.execute(
        "SELECT coalesce(max(position), 0) + 1 AS first FROM bulk_deed_rows"
        " WHERE organisation_id = :organisation_id AND deed_id = :deed_id",
        {"organisation_id": organisation_id, "deed_id": deed_id},
    ).fetchone()["first"]
    db.executemany(
        "INSERT INTO bulk_deed_rows (organisation_id, deed_id, position, account_id, user_id, email)"
        " VALUES (:organisation_id, :deed_id, :position, :account_id, :user_id, :email)"
        " ON CONFLICT DO NOTHING",
        [
            {
                "organisation_id": organisation_id,
                "deed_id": deed_id,
                "position": position,
                "account_id": candidate.account_id,
                "user_id": candidate.user_id,
                "email": candidate.email,
            }
            for position, candidate in enumerate(listed, first)
        ],
    )
    db.execute(
        "UPDATE bulk_deeds SET listed_to = :listed_to WHERE organisation_id = :organisation_id AND id = :deed_id",
        {"organisation_id": organisation_id, "deed_id": deed_id, "listed_to": listed[-1].reference},
    )


def to_do(db: sqlite3.Connection, organisation_id: int, deed_id: int, limit: int) -> list[Row]:
    """The next rows that are still to be done."""
    return _rows(db, organisation_id, deed_id, "AND r.outcome = ''", 0, limit)


def rows(db: sqlite3.Connection, organisation_id: int, deed_id: int, after: int, limit: int) -> list[Row]:
    """The rows of a deed in order, from a position on."""
    return _rows(db, organisation_id, deed_id, "", after, limit)


def keep_outcome(
    db: sqlite3.Connection, organisation_id: int, deed_id: int, position: int, email: str, outcome: Outcome
) -> None:
    """Write what came of a row, in the transaction that does it."""
    db.execute(
        "UPDATE bulk_deed_rows SET outcome = :outcome, email = :email"
        " WHERE organisation_id = :organisation_id AND deed_id = :deed_id AND position = :position",
        {
            "organisation_id": organisation_id,
            "deed_id": deed_id,
            "position": position,
            "email": email,
            "outcome": outcome,
        },
    )


def progress(db: sqlite3.Connection, organisation_id: int, deed_id: int) -> Progress:
    """How far a deed has come."""
    counted = db.execute(
        "SELECT outcome, count(*) AS n FROM bulk_deed_rows"
        " WHERE organisation_id = :organisation_id AND deed_id = :deed_id GROUP BY outcome",
        {"organisation_id": organisation_id, "deed_id": deed_id},
    ).fetchall()
    outcomes = {Outcome(row["outcome"]): row["n"] for row in counted if row["outcome"]}
    return Progress(sum(row["n"] for row in counted), outcomes)


def _rows(
    db: sqlite3.Connection, organisation_id: int, deed_id: int, chosen: str, after: int, limit: int
) -> list[Row]:
    found = db.execute(
        "SELECT r.position, r.account_id, r.user_id, r.email, r.outcome, a.reference,"
        " coalesce(v.name, '') AS name FROM bulk_deed_rows r"
        " JOIN accounts a ON a.organisation_id = r.organisation_id AND a.id = r.account_id"
        " LEFT JOIN visible_accounts v ON v.organisation_id = r.organisation_id AND v.account_id = r.account_id"
        f" WHERE r.organisation_id = :organisation_id AND r.deed_id = :deed_id {chosen}"
        " AND r.position > :after ORDER BY r.position LIMIT :limit",
        {"organisation_id": organisation_id, "deed_id": deed_id, "after": after, "limit": limit},
    )
    return [
        Row(
            position=row["position"],
            account_id=row["account_id"],
            user_id=row["user_id"],
            reference=row["reference"],
            name=row["name"],
            email=row["email"],
            outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        )
        for row in found
    ]

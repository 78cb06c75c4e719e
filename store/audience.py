"""Audience: whom a batch is about: how many customers, and how many of them have somebody who can sign in."""

import sqlite3
from dataclasses import dataclass

from store import batches


@dataclass(frozen=True, slots=True)
class Audience:
    """The customers of a batch's rows."""

    customers: int
    with_users: int


def of_batch(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> Audience | None:
    """None where the rows are too many to look at each: lines and calls come with their invoices' customers."""
    batch = batches.by_id(db, organisation_id, batch_id)
    accounts = _ACCOUNTS.get(batch.kind) if batch else None
    if accounts is None:
        return None
    row = db.execute(
        _COUNT.format(accounts=accounts), {"organisation": organisation_id, "batch": batch_id}
    ).fetchone()
    return Audience(row["customers"], row["with_users"])


def _joined(table: str, to: str, key: str) -> str:
    return (
        f"SELECT DISTINCT o.account_id FROM {table} r"
        f" JOIN {to} o ON o.organisation_id = r.organisation_id AND o.id = r.{key}"
        " WHERE r.organisation_id = :organisation AND r.batch_id = :batch"
    )


def _own(table: str) -> str:
    return (
        f"SELECT DISTINCT account_id FROM {table} WHERE organisation_id = :organisation AND batch_id = :batch"
    )


_ACCOUNTS = {
    "customers": _own("account_revisions"),
    "mandates": _own("mandate_revisions"),
    "invoices": _own("invoice_revisions"),
    "payments": _own("payment_revisions"),
    "allocations": _joined("allocations", "payments", "payment_id"),
    "documents": _joined("documents", "invoices", "invoice_id"),
}
_COUNT = """
SELECT count(*) AS customers, coalesce(sum(EXISTS (SELECT 1 FROM memberships m
    JOIN users u ON u.organisation_id = m.organisation_id AND u.id = m.user_id
    WHERE m.organisation_id = :organisation AND m.account_id = a.account_id AND u.status = 'active')), 0)
    AS with_users
FROM ({accounts}) a"""

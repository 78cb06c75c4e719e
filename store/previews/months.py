"""Months: the month of a batch's invoices as it will stand, beside the month before, customer by customer."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from store import batches
from store.money import Money
from store.previews.standing import with_batch

LISTED = 100
MOVEMENTS = 20


@dataclass(frozen=True, slots=True)
class Month:
    """What stands of one month in one currency: documents, and what they come to, credit notes taken off."""

    month: str
    """2026-11"""
    count: int
    gross: Money


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with what was invoiced in the month before and in this one."""

    account_id: int
    reference: str
    name: str
    before: Money
    now: Money


@dataclass(frozen=True, slots=True)
class Comparison:
    """One currency: the two months, and the customers that differ; of each list the largest ones."""

    before: Month
    now: Month
    gone: int
    gone_listed: tuple[Customer, ...]
    """Had an invoice in the month before and have none now."""
    new: int
    new_listed: tuple[Customer, ...]
    movements: tuple[Customer, ...]
    """Invoiced in both; by how far the amounts are apart."""


def comparison(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> list[Comparison]:
    """By currency; nothing for a batch without invoices. The month is that of most of its invoices."""
    batch = batches.by_id(db, organisation_id, batch_id)
    row = db.execute(_MONTH, {"organisation": organisation_id, "batch": batch_id}).fetchone()
    if batch is None or batch.kind != "invoices" or row is None:
        return []
    month = row["month"]
    before, now = (_sums(db, organisation_id, batch_id, each) for each in (_before(month), month))
    currencies = sorted({currency for _, currency in (*before, *now)})
    return [
        _compared(db, organisation_id, (_before(month), before), (month, now), currency)
        for currency in currencies
    ]


_Sums = dict[tuple[int, str], tuple[int, int]]
"""Account and currency -> documents and gross in minor units."""


def _before(month: str) -> str:
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]


def _sums(db: sqlite3.Connection, organisation_id: int, batch_id: int, month: str) -> _Sums:
    values = {
        "organisation": organisation_id,
        "batch": batch_id,
        "first": f"{month}-01",
        "last": f"{month}-31",
    }
    return {
        (row["account_id"], row["currency"]): (row["documents"], row["gross"])
        for row in db.execute(_SUMS, values)
    }


def _compared(
    db: sqlite3.Connection,
    organisation_id: int,
    before: tuple[str, _Sums],
    now: tuple[str, _Sums],
    currency: str,
) -> Comparison:
    old, new = (
        {account: sums for (account, of), sums in each[1].items() if of == currency} for each in (before, now)
    )
    gone = sorted(old.keys() - new.keys(), key=lambda account: -abs(old[account][1]))
    come = sorted(new.keys() - old.keys(), key=lambda account: -abs(new[account][1]))
    moved = sorted(
        (account for account in old.keys() & new.keys() if old[account][1] != new[account][1]),
        key=lambda account: -abs(new[account][1] - old[account][1]),
    )

    def listed(accounts: Iterable[int]) -> tuple[Customer, ...]:
        return tuple(
            _customer(db, organisation_id, account, *(_gross(each, account, currency) for each in (old, new)))
            for account in accounts
        )

    return Comparison(
        _month(before[0], old, currency),
        _month(now[0], new, currency),
        gone=len(gone),
        gone_listed=listed(gone[:LISTED]),
        new=len(come),
        new_listed=listed(come[:LISTED]),
        movements=listed(moved[:MOVEMENTS]),
    )


def _gross(sums: dict[int, tuple[int, int]], account_id: int, currency: str) -> Money:
    return Money(sums.get(account_id, (0, 0))[1], currency)


def _month(month: str, sums: dict[int, tuple[int, int]], currency: str) -> Month:
    count, gross = (sum(each[place] for each in sums.values()) for place in (0, 1))
    return Month(month, count, Money(gross, currency))


def _customer(
    db: sqlite3.Connection, organisation_id: int, account_id: int, before: Money, now: Money
) -> Customer:
    row = db.execute(_NAME, {"organisation": organisation_id, "account": account_id}).fetchone()
    return Customer(account_id, row["reference"], row["name"], before, now)


_MONTH = """
SELECT substr(issued_on, 1, 7) AS month FROM invoice_revisions
WHERE organisation_id = :organisation AND batch_id = :batch
GROUP BY 1 ORDER BY count(*) DESC, 1 DESC LIMIT 1"""
_SUMS = f"""
SELECT r.account_id, r.currency, count(*) AS documents,
    sum(CASE WHEN r.kind = 'credit_note' THEN -abs(r.gross) ELSE r.gross END) AS gross
FROM invoice_revisions r
WHERE r.organisation_id = :organisation AND r.issued_on >= :first AND r.issued_on <= :last
AND r.status <> 'void' AND {with_batch("r")}
GROUP BY r.account_id, r.currency"""
_NAME = """
SELECT a.reference, coalesce((SELECT r.name FROM account_revisions r
    WHERE r.organisation_id = a.organisation_id AND r.account_id = a.id ORDER BY r.id DESC LIMIT 1), '') AS name
FROM accounts a WHERE a.organisation_id = :organisation AND a.id = :account"""

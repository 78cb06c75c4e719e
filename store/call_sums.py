"""Call sums: how many calls, how long and for how much: by line, destination, quarter of an hour."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.call_filter import OF_LINE, Filter, condition, line_values, values
from store.instants import from_ms

QUARTER_SECONDS = 900
"""Every zone's midnight falls on a quarter of an hour, so sums by quarter can be put into local days."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many calls, how long, and what they cost in one currency."""

    calls: int
    seconds: int
    price: int
    currency: str


@dataclass(frozen=True, slots=True)
class QuarterSum:
    """The sum of the calls that started in one quarter of an hour."""

    began_at: datetime
    sum: Sum


@dataclass(frozen=True, slots=True)
class GroupSum:
    """The sum of the calls that share a line or a destination."""

    name: str
    sum: Sum


def by_quarter(
    db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter
) -> list[QuarterSum]:
    """The sums of the chosen calls by quarter of an hour and currency."""
    rows = db.execute(
        f"SELECT c.started / {QUARTER_SECONDS} AS quarter, c.currency, {_SUMS}"
        f" FROM visible_calls c WHERE {condition(chosen)} GROUP BY quarter, c.currency ORDER BY quarter",
        values(organisation_id, account_id, chosen),
    )
    return [QuarterSum(from_ms(row["quarter"] * QUARTER_SECONDS * 1000), _sum(row)) for row in rows]


def of_filter(db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter) -> list[Sum]:
    """The sum of the chosen calls, by currency."""
    rows = db.execute(
        f"SELECT c.currency, {_SUMS} FROM visible_calls c WHERE {condition(chosen)}"
        " GROUP BY c.currency ORDER BY c.currency",
        values(organisation_id, account_id, chosen),
    )
    return [_sum(row) for row in rows]


def by_line(db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter) -> list[GroupSum]:
    """The sums of the chosen calls by the line that made or took them, the dearest first."""
    return _groups(db, organisation_id, account_id, chosen, "cli")


def by_destination(
    db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter
) -> list[GroupSum]:
    """The sums of the chosen calls by destination, the dearest first."""
    return _groups(db, organisation_id, account_id, chosen, "destination")


def of_line(
    db: sqlite3.Connection, organisation_id: int, account_id: int, line: tuple[int, int]
) -> list[Sum]:
    """The sum of the calls behind a line, by currency."""
    rows = db.execute(
        f"SELECT c.currency, {_SUMS} FROM visible_calls c WHERE {OF_LINE} GROUP BY c.currency",
        line_values(organisation_id, account_id, line),
    )
    return [_sum(row) for row in rows]


_SUMS = "count(*) AS calls, sum(c.duration_seconds) AS seconds, sum(c.net_price) AS price"


def _groups(
    db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter, column: str
) -> list[GroupSum]:
    rows = db.execute(
        f"SELECT c.{column} AS name, c.currency, {_SUMS} FROM visible_calls c WHERE {condition(chosen)}"
        f" GROUP BY c.{column}, c.currency ORDER BY price DESC, calls DESC, name",
        values(organisation_id, account_id, chosen),
    )
    return [GroupSum(row["name"], _sum(row)) for row in rows]


def _sum(row: sqlite3.Row) -> Sum:
    return Sum(row["calls"], row["seconds"], row["price"], row["currency"])

"""Calls of a customer, as published: newest first, by month, by line of an invoice; and their sums."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store.instants import from_ms, to_ms

QUARTER_SECONDS = 900
"""Every zone's midnight falls on a quarter of an hour, so sums by quarter can be put into local days."""


class Type(Enum):
    """What kind of event was charged."""

    VOICE = "voice"
    SMS = "sms"
    MMS = "mms"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Call:
    """One call, message or data session; the price is in millionths of the currency unit, ex VAT."""

    started_at: datetime
    external_hash: int
    type: Type
    outbound: bool
    cli: str
    number: str
    destination: str
    duration_seconds: int
    data_bytes: int
    price: int
    currency: str
    in_bundle: bool
    invoice_public_id: str | None
    invoice_number: str | None
    line_position: int | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Calls that started in [first, last), of one line or type where named."""

    first_at: datetime
    last_at: datetime
    cli: str = ""
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: the call after which it goes on."""

    started: int
    external_hash: int


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


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    chosen: Filter,
    after: Cursor | None,
    limit: int,
) -> list[Call]:
    """Calls, newest first, from a place on."""
    place = "AND (c.started, c.external_hash) < (:after_started, :after_hash)" if after else ""
    rows = db.execute(
        f"{_SELECT} WHERE {_where(chosen)} {place} ORDER BY c.started DESC, c.external_hash DESC LIMIT :limit",
        _values(organisation_id, account_id, chosen) | _after(after) | {"limit": limit},
    )
    return [_call(row) for row in rows]


def quarters(
    db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter
) -> list[QuarterSum]:
    """The sums of the chosen calls by quarter of an hour and currency."""
    rows = db.execute(
        f"SELECT c.started / {QUARTER_SECONDS} AS quarter, c.currency, {_SUMS}"
        f" FROM visible_calls c WHERE {_where(chosen)} GROUP BY quarter, c.currency ORDER BY quarter",
        _values(organisation_id, account_id, chosen),
    )
    return [QuarterSum(from_ms(row["quarter"] * QUARTER_SECONDS * 1000), _sum(row)) for row in rows]


def sums(db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter) -> list[Sum]:
    """The sum of the chosen calls, by currency."""
    rows = db.execute(
        f"SELECT c.currency, {_SUMS} FROM visible_calls c WHERE {_where(chosen)}"
        " GROUP BY c.currency ORDER BY c.currency",
        _values(organisation_id, account_id, chosen),
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


def span(db: sqlite3.Connection, organisation_id: int, account_id: int) -> tuple[datetime, datetime] | None:
    """When the first and the last visible call started."""
    ends = [
        db.execute(
            "SELECT c.started FROM visible_calls c WHERE c.organisation_id = :organisation_id"
            f" AND c.account_id = :account_id ORDER BY c.started {order} LIMIT 1",
            {"organisation_id": organisation_id, "account_id": account_id},
        ).fetchone()
        for order in ("ASC", "DESC")
    ]
    if None in ends:
        return None
    first, last = (from_ms(row["started"] * 1000) for row in ends)
    return first, last


def of_line(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    line: tuple[int, int],
    after: Cursor | None,
    limit: int,
) -> list[Call]:
    """The calls behind a line (invoice id, position), newest first, from a place on."""
    place = "AND (c.started, c.external_hash) < (:after_started, :after_hash)" if after else ""
    rows = db.execute(
        f"{_SELECT} WHERE {_OF_LINE} {place} ORDER BY c.started DESC, c.external_hash DESC LIMIT :limit",
        _line_values(organisation_id, account_id, line) | _after(after) | {"limit": limit},
    )
    return [_call(row) for row in rows]


def sum_of_line(
    db: sqlite3.Connection, organisation_id: int, account_id: int, line: tuple[int, int]
) -> list[Sum]:
    """The sum of the calls behind a line, by currency."""
    rows = db.execute(
        f"SELECT c.currency, {_SUMS} FROM visible_calls c WHERE {_OF_LINE} GROUP BY c.currency",
        _line_values(organisation_id, account_id, line),
    )
    return [_sum(row) for row in rows]


_SUMS = "count(*) AS calls, sum(c.duration_seconds) AS seconds, sum(c.net_price) AS price"
_OF_LINE = (
    "c.organisation_id = :organisation_id AND c.account_id = :account_id"
    " AND c.invoice_id = :invoice_id AND c.line_position = :position"
)
_SELECT = (
    "SELECT c.started, c.external_hash, c.type, c.direction, c.cli, c.number, c.destination,"
    " c.duration_seconds, c.data_bytes, c.net_price, c.currency, c.in_bundle, c.line_position,"
    " i.public_id AS invoice_public_id, i.number AS invoice_number FROM visible_calls c"
    " LEFT JOIN visible_invoices i ON i.organisation_id = c.organisation_id AND i.invoice_id = c.invoice_id"
    " AND i.account_id = c.account_id"
)


def _where(chosen: Filter) -> str:
    conditions = [
        "c.organisation_id = :organisation_id AND c.account_id = :account_id",
        "c.started >= :first AND c.started < :last",
    ]
    if chosen.cli:
        conditions.append("c.cli = :cli")
    if chosen.type:
        conditions.append("c.type = :type")
    return " AND ".join(conditions)


def _values(organisation_id: int, account_id: int, chosen: Filter) -> dict[str, object]:
    return {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "first": to_ms(chosen.first_at) // 1000,
        "last": to_ms(chosen.last_at) // 1000,
        "cli": chosen.cli,
        "type": chosen.type.value if chosen.type else None,
    }


def _line_values(organisation_id: int, account_id: int, line: tuple[int, int]) -> dict[str, object]:
    invoice_id, position = line
    return {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "invoice_id": invoice_id,
        "position": position,
    }


def _after(after: Cursor | None) -> dict[str, object]:
    return {
        "after_started": after.started if after else None,
        "after_hash": after.external_hash if after else None,
    }


def _groups(
    db: sqlite3.Connection, organisation_id: int, account_id: int, chosen: Filter, column: str
) -> list[GroupSum]:
    rows = db.execute(
        f"SELECT c.{column} AS name, c.currency, {_SUMS} FROM visible_calls c WHERE {_where(chosen)}"
        f" GROUP BY c.{column}, c.currency ORDER BY price DESC, calls DESC, name",
        _values(organisation_id, account_id, chosen),
    )
    return [GroupSum(row["name"], _sum(row)) for row in rows]


def _sum(row: sqlite3.Row) -> Sum:
    return Sum(row["calls"], row["seconds"], row["price"], row["currency"])


def _call(row: sqlite3.Row) -> Call:
    return Call(
        started_at=from_ms(row["started"] * 1000),
        external_hash=row["external_hash"],
        type=Type(row["type"]),
        outbound=row["direction"] == "outbound",
        cli=row["cli"],
        number=row["number"],
        destination=row["destination"],
        duration_seconds=row["duration_seconds"],
        data_bytes=row["data_bytes"],
        price=row["net_price"],
        currency=row["currency"],
        in_bundle=bool(row["in_bundle"]),
        invoice_public_id=row["invoice_public_id"],
        invoice_number=row["invoice_number"],
        line_position=row["line_position"] if row["invoice_public_id"] else None,
    )

"""Line sums: what the listed calls of an invoice come to, by line and destination, and what is left of older ones.

Few calls are added up as they are asked for. Those of a big invoice are added up ahead (`store.bill.gathering`): a
page reads what stands, and where nothing does, or it is out of date, says so. Free calls that are not listed are in
no sum: nobody is to read there who called a helpline.
"""

import sqlite3
from dataclasses import dataclass, replace

from store.bill import rounding
from store.bill.rounding import Rule
from store.call_filter import FREE
from store.rollups import GENERATION

FEW = 2_000
"""So many calls are read for a page; it takes some 10 ms."""


@dataclass(frozen=True, slots=True)
class LineSum:
    """The calls of a line to one destination; `position` 0: the file that brought them names no line."""

    position: int
    group: str
    destination: str
    currency: str
    calls: int
    seconds: int
    price: int
    """In millionths."""
    rounded: int
    """In minor units: each call rounded for itself, then added up."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What the calls of a line came to that are past their retention; nothing else is known of them."""

    position: int
    currency: str
    calls: int
    seconds: int
    price: int


@dataclass(frozen=True, slots=True)
class NotYet:
    """The calls are too many for a page and not added up, or not anew since something was published."""


def of_invoice(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int, rule: Rule
) -> list[LineSum] | NotYet:
    """The sums of an invoice's listed calls."""
    key = _key(organisation_id, account_id, invoice_id)
    if db.execute(_READY, key | {"rule": str(rule)}).fetchone():
        return [of_row(row) for row in db.execute(_KEPT, key)]
    if db.execute(_MANY, key).fetchone():
        return NotYet()
    return [of_row(row) for row in db.execute(select(rule) + OF_INVOICE + GROUPED, key)]


def gone(db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int) -> list[Gone]:
    """What is left of an invoice's calls that are past their retention."""
    rows = db.execute(_GONE, _key(organisation_id, account_id, invoice_id))
    return [
        Gone(row["position"], row["currency"], row["calls"], row["seconds"], row["price"]) for row in rows
    ]


def select(rule: Rule) -> str:
    """The SQL of sums over `visible_calls c`, up to its WHERE; `GROUPED` ends it."""
    return (
        "SELECT coalesce(c.line_position, 0) AS line_position, c.destination_group, c.destination, c.currency,"
        " count(*) AS calls, sum(c.duration_seconds) AS duration_seconds, sum(c.net_price) AS net_price,"
        f" sum({rounding.sql('c.net_price', 'c.currency', rule.rounding)}) AS rounded FROM visible_calls c WHERE"
        f" (NOT {FREE} OR (SELECT list_free_calls FROM portals p WHERE p.organisation_id = c.organisation_id)) AND "
    )


def of_row(row: sqlite3.Row) -> LineSum:
    """A row of `select`."""
    return LineSum(
        position=row["line_position"],
        group=row["destination_group"],
        destination=row["destination"],
        currency=row["currency"],
        calls=row["calls"],
        seconds=row["duration_seconds"],
        price=row["net_price"],
        rounded=row["rounded"],
    )


def together(one: LineSum, other: LineSum) -> LineSum:
    """Two sums of the same line and destination as one."""
    return replace(
        one,
        calls=one.calls + other.calls,
        seconds=one.seconds + other.seconds,
        price=one.price + other.price,
        rounded=one.rounded + other.rounded,
    )


OF_INVOICE = (
    "c.organisation_id = :organisation_id AND c.account_id = :account_id AND c.invoice_id = :invoice_id"
)
GROUPED = " GROUP BY c.line_position, c.destination_group, c.destination, c.currency"


def _key(organisation_id: int, account_id: int, invoice_id: int) -> dict[str, object]:
    return {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice_id}


_HEAD = (
    " FROM bill_sums s WHERE s.organisation_id = :organisation_id AND s.invoice_id = :invoice_id"
    " AND s.account_id = :account_id"
)
_READY = (
    f"SELECT 1{_HEAD} AND s.ready <> '' AND s.rule = :rule AND s.generation ="
    f" (SELECT {GENERATION} FROM accounts a JOIN organisations o ON o.id = a.organisation_id"
    " WHERE a.organisation_id = s.organisation_id AND a.id = s.account_id)"
)
_MANY = (
    "SELECT 1 FROM calls c WHERE c.organisation_id = :organisation_id AND c.invoice_id = :invoice_id"
    f" LIMIT 1 OFFSET {FEW}"
)
_KEPT = (
    "SELECT * FROM bill_line_sums WHERE organisation_id = :organisation_id AND invoice_id = :invoice_id"
    f" AND gathering = (SELECT ready{_HEAD})"
)
_GONE = (
    "SELECT line_position AS position, currency, sum(calls) AS calls, sum(duration_seconds) AS seconds,"
    " sum(net_price) AS price FROM visible_call_history WHERE organisation_id = :organisation_id"
    " AND account_id = :account_id AND invoice_id = :invoice_id GROUP BY line_position, currency"
)

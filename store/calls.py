"""Calls of a customer, as published: newest first, by month, by line of an invoice."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.call_filter import FREE, OF_LINE, Filter, Type, condition, line_values, values
from store.instants import from_ms, to_ms

FEW_WINDOWS = 40
"""Spans that are looked into at first: a quarter of an hour each, where a value is rare."""


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
    access_charge: int
    """The provider's part of calls to 084, 087, 09 and 118, where it is told apart."""
    service_charge: int
    currency: str
    in_bundle: bool
    cost_centre: str
    invoice_public_id: str | None
    invoice_number: str | None
    line_position: int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: the call after which it goes on."""

    started: int
    external_hash: int


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
        f"{_SELECT} WHERE {condition(chosen)} {place} ORDER BY c.started DESC, c.external_hash DESC LIMIT :limit",
        values(organisation_id, account_id, chosen)
        | _after(after)
        | _until(chosen, after)
        | {"limit": limit},
    )
    return [_call(row) for row in rows]


def in_windows(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    chosen: Filter,
    windows: Sequence[tuple[int, int]],
    *,
    after: Cursor | None,
    limit: int,
) -> list[Call]:
    """As `page`, looking only into these spans of seconds [first, last), which come newest first: into a few of them
    at a time, more each time.
    """
    # The pluses keep the key for the spans: by the place, or by the month, each of them would be searched whole.
    place = "AND (+c.started, +c.external_hash) < (:after_started, :after_hash)" if after else ""
    query = (
        f"{_WITHIN} WHERE {condition(chosen, span=False)} {place}"
        " ORDER BY c.started DESC, c.external_hash DESC LIMIT :limit"
    )
    given = values(organisation_id, account_id, chosen) | _after(after)
    left = _clipped(windows, given["first"], given["last"] if after is None else after.started + 1)
    found: list[Call] = []
    some = FEW_WINDOWS
    while left and len(found) < limit:
        looked, left, some = left[:some], left[some:], some * 4
        rows = db.execute(query, given | {"windows": json.dumps(looked), "limit": limit - len(found)})
        found += [_call(row) for row in rows]
    return found


def _clipped(windows: Sequence[tuple[int, int]], first: object, last: object) -> list[tuple[int, int]]:
    assert isinstance(first, int) and isinstance(last, int)
    cut = [(max(begin, first), min(end, last)) for begin, end in windows]
    return [(begin, end) for begin, end in cut if begin < end]


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
    *,
    lists_free: bool = True,
) -> list[Call]:
    """The calls behind a line (invoice id, position), newest first, from a place on."""
    listed = "" if lists_free else f"AND NOT {FREE}"
    place = "AND (c.started, c.external_hash) < (:after_started, :after_hash)" if after else ""
    rows = db.execute(
        f"{_SELECT} WHERE {OF_LINE} {listed} {place} ORDER BY c.started DESC, c.external_hash DESC LIMIT :limit",
        line_values(organisation_id, account_id, line) | _after(after) | {"limit": limit},
    )
    return [_call(row) for row in rows]


_COLUMNS = (
    "SELECT c.started, c.external_hash, c.type, c.direction, c.cli, c.number, c.destination,"
    " c.duration_seconds, c.data_bytes, c.net_price, c.access_charge, c.service_charge, c.currency, c.in_bundle,"
    " c.cost_centre, c.line_position,"
    " i.public_id AS invoice_public_id, i.number AS invoice_number"
)
_INVOICE = (
    " LEFT JOIN visible_invoices i ON i.organisation_id = c.organisation_id AND i.invoice_id = c.invoice_id"
    " AND i.account_id = c.account_id"
)


_SELECT = f"{_COLUMNS} FROM visible_calls c{_INVOICE}"
_WITHIN = (
    f"{_COLUMNS} FROM json_each(:windows) w CROSS JOIN visible_calls c"
    f" ON c.started >= w.value ->> 0 AND c.started < w.value ->> 1{_INVOICE}"
)


def _until(chosen: Filter, after: Cursor | None) -> dict[str, int]:
    """The span's end, where a list goes on: what was shown already is not read again."""
    last = to_ms(chosen.last_at) // 1000
    return {"last": min(last, after.started + 1) if after else last}


def _after(after: Cursor | None) -> dict[str, object]:
    return {
        "after_started": after.started if after else None,
        "after_hash": after.external_hash if after else None,
    }


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
        access_charge=row["access_charge"],
        service_charge=row["service_charge"],
        currency=row["currency"],
        in_bundle=bool(row["in_bundle"]),
        cost_centre=row["cost_centre"],
        invoice_public_id=row["invoice_public_id"],
        invoice_number=row["invoice_number"],
        line_position=row["line_position"] if row["invoice_public_id"] else None,
    )

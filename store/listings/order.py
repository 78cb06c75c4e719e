"""Order: a way through a list that an index serves; a page goes on behind the keys of the last row."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Value = str | int


@dataclass(frozen=True, slots=True)
class Order:
    """Rows of `source` (FROM and WHERE, with :organisation) by `keys`, which no two rows share."""

    source: str
    keys: tuple[str, ...]
    types: tuple[type, ...]
    descending: bool = False
    behind: str = ""
    """What is behind :key_0, :key_1 ... where comparing the keys is not what the index can use."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Conditions that say it better in this order than those of the list."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is asked for: an order, conditions with their values, a place, a length."""

    order: Order
    limit: int
    after: tuple[Value, ...] | None = None
    conditions: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the keys of the last one where more follow."""

    rows: list[sqlite3.Row]
    last: tuple[Value, ...] | None


def statement(columns: str, asked: Asked) -> str:
    """The query of a page."""
    order = asked.order
    conditions = list(asked.conditions)
    if asked.after:
        names = ", ".join(f":key_{place}" for place in range(len(order.keys)))
        compared = f"({', '.join(order.keys)}) {'<' if order.descending else '>'} ({names})"
        conditions.append(order.behind or compared)
    keys = ", ".join(f"{key} AS key_{place}" for place, key in enumerate(order.keys))
    way = " DESC" if order.descending else ""
    return (
        f"SELECT {columns}, {keys} FROM {order.source}"
        + "".join(f" AND {condition}" for condition in conditions)
        + f" ORDER BY {', '.join(key + way for key in order.keys)} LIMIT :limit"
    )


def page(db: sqlite3.Connection, organisation_id: int, columns: str, asked: Asked) -> Page:
    """One page; one row more than is asked for tells whether more follow."""
    values: dict[str, Any] = {
        **asked.values,
        **{f"key_{place}": value for place, value in enumerate(asked.after or ())},
        "organisation": organisation_id,
        "limit": asked.limit + 1,
    }
    rows = db.execute(statement(columns, asked), values).fetchall()
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    last = tuple(rows[-1][f"key_{place}"] for place in range(len(asked.order.keys))) if more else None
    return Page(rows, last)


def by_publication(view: str) -> Order:
    """As it became visible, the oldest first: for whoever asks again and again what is new.

    Instants are taken a moment before they are committed, so only what is `:settled` is shown: else a row could
    appear behind somebody's cursor.
    """
    return Order(
        source=f"batches b CROSS JOIN {view} v ON v.batch_id = b.id"
        " WHERE b.organisation_id = :organisation AND v.organisation_id = :organisation"
        " AND b.state = 'published' AND b.published_at <= :settled",
        keys=("b.published_at", "b.id", "v.id"),
        types=(int, int, int),
        behind="(b.published_at, b.id) >= (:key_0, :key_1)"
        " AND v.id > CASE WHEN b.id = :key_1 THEN :key_2 ELSE -1 END",
    )


PUBLISHED = "(SELECT p.published_at FROM batches p WHERE p.id = v.batch_id) AS published_at"
"""When a row of `v` became visible."""
SINCE = "b.published_at >= :updated_from"
"""For `by_publication`."""

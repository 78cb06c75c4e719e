"""Sums: the totals of a batch's file, as they were added up while it was read."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from store import batches
from store.money import Money, round_millionths


@dataclass(frozen=True, slots=True)
class Total:
    """Rows of one sort and currency; amounts where that kind of file has them."""

    kind: str
    """invoice, credit_note, usage, confirmed, business, ...; empty where a file has one sort only."""
    rows: int
    net: Money | None = None
    tax: Money | None = None
    gross: Money | None = None


def totals(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> list[Total]:
    """What a batch's file comes to: its good rows, also those that stood already."""
    batch = batches.by_id(db, organisation_id, batch_id)
    if batch is None:
        return []
    money = _of_calls if batch.kind == "calls" else _minor
    return [
        Total(
            kind=str(each.get("kind", "")),
            rows=int(cast(int, each["rows"])),
            net=money(each, "net"),
            tax=money(each, "tax"),
            gross=money(each, "gross"),
        )
        for each in batch.summary
    ]


def _minor(each: Mapping[str, object], name: str) -> Money | None:
    return Money(cast(int, each[name]), str(each["currency"])) if name in each else None


def _of_calls(each: Mapping[str, object], name: str) -> Money | None:
    return round_millionths(cast(int, each[name]), str(each["currency"])) if name in each else None

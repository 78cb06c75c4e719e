"""Disk: how the store grows day by day, and for how long the room that is left will do."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

KEPT_DAYS = 400
LEAST_DAYS = 3
"""Fewer points say nothing of a trend."""


@dataclass(frozen=True, slots=True)
class DiskDay:
    """The store's size and the free room of its disk on a day, in bytes."""

    day: date
    store_bytes: int
    free_bytes: int


def note(db: sqlite3.Connection, store_bytes: int, free_bytes: int, now: datetime) -> None:
    """Keep today's sizes, the last ones of the day, and forget what is more than a year old."""
    today = now.astimezone(UTC).date()
    db.execute(
        "INSERT INTO disk_days (day, store_bytes, free_bytes) VALUES (:day, :store, :free)"
        " ON CONFLICT (day) DO UPDATE SET store_bytes = excluded.store_bytes, free_bytes = excluded.free_bytes",
        {"day": today.isoformat(), "store": store_bytes, "free": free_bytes},
    )
    oldest = (today - timedelta(days=KEPT_DAYS)).isoformat()
    db.execute("DELETE FROM disk_days WHERE day < :oldest", {"oldest": oldest})


def last_days(db: sqlite3.Connection, count: int = 30) -> list[DiskDay]:
    """The last days that were noted, the oldest first."""
    rows = db.execute("SELECT * FROM disk_days ORDER BY day DESC LIMIT :count", {"count": count}).fetchall()
    return [
        DiskDay(date.fromisoformat(row["day"]), row["store_bytes"], row["free_bytes"])
        for row in reversed(rows)
    ]


def days_left(days: list[DiskDay]) -> int | None:
    """Days until the disk is full if the store grows on as it did (least squares); None: it does not grow."""
    if len(days) < LEAST_DAYS:
        return None
    numbers = [day.day.toordinal() for day in days]
    sizes = [day.store_bytes for day in days]
    middle, average = sum(numbers) / len(numbers), sum(sizes) / len(sizes)
    spread = sum((number - middle) ** 2 for number in numbers)
    growth = sum((n - middle) * (size - average) for n, size in zip(numbers, sizes, strict=True)) / spread
    return int(days[-1].free_bytes / growth) if growth >= 1 else None

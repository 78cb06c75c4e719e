"""Rollups: the sums of one customer's calls of one local month, made once and read ever after.

A page over a million calls must not read them. The sums by line, type, destination and the like are kept for each
month; they stand for one generation of the customer's calls, a number that the store moves whenever what is visible
becomes other: all of the organisation's at once (a batch is published or withdrawn, another time zone, another rule
for free calls), or one customer's alone (retention takes calls away). What stands for another generation is never
read. They also say in which quarters of an hour the calls of a value are, so that a list of those few need not search
the month.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from store.call_filter import FREE, INVOICED
from store.instants import to_ms

DIMENSIONS = ("cli", "type", "group", "destination", "cost_centre", "direction", "bundle", "invoiced")
NUMBER = "number"
"""Called numbers: the dearest of a month alone, since nearly every call may have another."""
TOP_NUMBERS = 50
QUARTER_SECONDS = 900
MOST_QUARTERS = 1000
"""Quarters that are listed; a value in more of them than that is met soon wherever one looks."""
A_WRITE = 200
"""Sums in one transaction: some milliseconds."""
GENERATION = "(o.calls_generation + a.calls_generation)"
"""The SQL of a customer's generation of calls, over `organisations o` and `accounts a`."""
Key = tuple[object, ...]
"""What tells one sum from all others."""


@dataclass(slots=True)
class Tally:
    """How many calls, how long, how much data, and what they cost in millionths."""

    calls: int = 0
    seconds: int = 0
    size: int = 0
    price: int = 0

    def add(self, seconds: int, size: int, price: int) -> None:
        """One call more."""
        self.calls += 1
        self.seconds += seconds
        self.size += size
        self.price += price


@dataclass(frozen=True, slots=True)
class Rollup:
    """What the calls of a month that share a value come to in one currency; `quarters` None: too many to list."""

    dimension: str
    value: str
    currency: str
    tally: Tally
    days: dict[int, Tally]
    quarters: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the calls of a month that share a value come to in one currency."""

    value: str
    currency: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Month:
    """One customer's calls of one month as they were summed."""

    organisation_id: int
    account_id: int
    month: date
    generation: int
    calls: int
    rollups: tuple[Rollup, ...]


@dataclass(slots=True)
class _Sum:
    tally: Tally = field(default_factory=Tally)
    days: defaultdict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    quarters: set[int] = field(default_factory=set)


def generation(db: sqlite3.Connection, organisation_id: int, account_id: int) -> int:
    """Which generation of a customer's calls is visible now."""
    row = db.execute(
        f"SELECT {GENERATION} AS generation FROM accounts a JOIN organisations o ON o.id = a.organisation_id"
        " WHERE a.organisation_id = :organisation_id AND a.id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return int(row["generation"]) if row else 0


def moved(db: sqlite3.Connection, organisation_id: int, account_id: int) -> None:
    """What is visible of a customer became other in a way that the store cannot see by itself: calls were deleted."""
    db.execute(
        "UPDATE accounts SET calls_generation = calls_generation + 1"
        " WHERE organisation_id = :organisation_id AND id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    )


def stands(db: sqlite3.Connection, organisation_id: int, account_id: int, month: date) -> int | None:
    """The generation for which a month's sums are whole, if that is the present one."""
    row = db.execute(
        f"SELECT m.generation FROM call_months m {_OF} WHERE {GENERATION} = m.generation"
        " AND m.organisation_id = :organisation_id AND m.account_id = :account_id AND m.month = :month",
        _month_key(organisation_id, account_id, month),
    ).fetchone()
    return int(row["generation"]) if row else None


def find(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    month: date,
    which: tuple[int, str, str],
) -> list[Rollup]:
    """The sums of one value (generation, dimension, value), one a currency; "" and "" of all calls."""
    generation_, dimension, value = which
    rows = db.execute(
        f"{_SELECT} AND value = :value ORDER BY currency",
        _month_key(organisation_id, account_id, month)
        | {"generation": generation_, "dimension": dimension, "value": value},
    )
    return [_rollup(row) for row in rows]


def top(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    month: date,
    which: tuple[int, str],
    limit: int,
) -> list[Ranked]:
    """The values of a dimension (generation, dimension), the dearest first."""
    generation_, dimension = which
    rows = db.execute(
        f"SELECT value, currency, calls, seconds, bytes, price {_WHERE}"
        " ORDER BY price DESC, calls DESC, value LIMIT :limit",
        _month_key(organisation_id, account_id, month)
        | {"generation": generation_, "dimension": dimension, "limit": limit},
    )
    return [Ranked(row["value"], row["currency"], _tally(row)) for row in rows]


def known(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    month: date,
    which: tuple[int, str],
    limit: int,
) -> list[str]:
    """Which values of a dimension (generation, dimension) a month has, in their order."""
    generation_, dimension = which
    rows = db.execute(
        f"SELECT DISTINCT value {_WHERE} AND value <> '' ORDER BY value LIMIT :limit",
        _month_key(organisation_id, account_id, month)
        | {"generation": generation_, "dimension": dimension, "limit": limit},
    )
    return [row["value"] for row in rows]


def summed(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    month: date,
) -> Month:
    """Read every visible call of a month, once; calls that are not listed are in no sum.

    Whose midnights count and what is listed is read with the calls: a generation stands for all of them.
    """
    rules = db.execute(_RULES, {"id": organisation_id, "account_id": account_id}).fetchone()
    if rules is None:  # the customer was removed meanwhile
        return Month(organisation_id, account_id, month, 0, 0, ())
    zone, hidden = ZoneInfo(rules["time_zone"]), "" if rules["list_free_calls"] else f"AND NOT {FREE}"
    rows = db.execute(
        f"{_CALLS} {hidden}",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "first": _midnight(month, zone),
            "last": _midnight((month.replace(day=28) + timedelta(days=4)).replace(day=1), zone),
        },
    )
    rows.row_factory = None
    calls, rollups = _together(rows, zone)
    return Month(organisation_id, account_id, month, rules["generation"], calls, tuple(rollups))


def parts(month: Month) -> Iterator[tuple[Rollup, ...]]:
    """The sums of a month in pieces for one transaction each."""
    for start in range(0, len(month.rollups), A_WRITE):
        yield month.rollups[start : start + A_WRITE]


def put(db: sqlite3.Connection, organisation_id: int, month: Month, some: Iterable[Rollup]) -> None:
    """Keep some sums of a month, unless its customer was removed meanwhile; nobody reads them until it is whole."""
    if not _is_there(db, organisation_id, month.account_id):
        return
    key = _month_key(organisation_id, month.account_id, month.month) | {"generation": month.generation}
    db.executemany(
        "INSERT OR REPLACE INTO call_rollups VALUES (:organisation_id, :account_id, :month, :generation, :dimension,"
        " :value, :currency, :calls, :seconds, :bytes, :price, :days, :quarters)",
        [key | _values(rollup) for rollup in some],
    )


def whole(db: sqlite3.Connection, organisation_id: int, month: Month) -> None:
    """All sums of a month are kept: from now on they are read, while their generation stands."""
    if not _is_there(db, organisation_id, month.account_id):
        return
    db.execute(
        "INSERT INTO call_months VALUES (:organisation_id, :account_id, :month, :generation, :calls)"
        " ON CONFLICT DO UPDATE SET generation = :generation, calls = :calls WHERE generation <= :generation",
        _month_key(organisation_id, month.account_id, month.month)
        | {"generation": month.generation, "calls": month.calls},
    )


def outdated(db: sqlite3.Connection, least: int, limit: int) -> list[tuple[int, int, date]]:
    """Months of many calls, of any organisation, whose sums stand for another generation: the newest first."""
    rows = db.execute(
        f"SELECT m.organisation_id, m.account_id, m.month FROM call_months m {_OF}"
        f" WHERE {GENERATION} <> m.generation AND m.calls >= :least"
        " ORDER BY m.month DESC LIMIT :limit",
        {"least": least, "limit": limit},
    )
    return [
        (row["organisation_id"], row["account_id"], date.fromisoformat(f"{row['month']}-01")) for row in rows
    ]


def outworn(db: sqlite3.Connection, after: Key | None, limit: int) -> list[Key]:
    """Sums of other generations, of any organisation, after a key: to look for them takes longer than a write may."""
    place = f" AND ({_KEY}) > ({', '.join(f':k{index}' for index in range(len(_KEYS)))})" if after else ""
    rows = db.execute(
        f"SELECT {_KEY} FROM call_rollups r WHERE generation < (SELECT {GENERATION} FROM accounts a"
        " JOIN organisations o ON o.id = a.organisation_id"
        f" WHERE a.organisation_id = r.organisation_id AND a.id = r.account_id){place}"
        f" ORDER BY {_KEY} LIMIT :limit",
        {"limit": limit} | {f"k{index}": part for index, part in enumerate(after or ())},
    )
    return [tuple(row) for row in rows]


def forget(db: sqlite3.Connection, keys: Iterable[Key]) -> None:
    """Remove some sums that do not count any more: numbers past their retention may be among them."""
    db.executemany(
        f"DELETE FROM call_rollups WHERE ({_KEY}) = ({', '.join('?' for _name in _KEYS)})",
        keys,
    )


def _is_there(db: sqlite3.Connection, organisation_id: int, account_id: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM accounts WHERE organisation_id = :organisation_id AND id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return row is not None


def _midnight(day: date, zone: ZoneInfo) -> int:
    return to_ms(datetime(day.year, day.month, day.day, tzinfo=zone)) // 1000


_KEYS = ("organisation_id", "account_id", "month", "generation", "dimension", "value", "currency")
_KEY = ", ".join(_KEYS)
_OF = (
    "JOIN organisations o ON o.id = m.organisation_id"
    " JOIN accounts a ON a.organisation_id = m.organisation_id AND a.id = m.account_id"
)
_RULES = (
    f"SELECT o.time_zone, {GENERATION} AS generation, coalesce(p.list_free_calls, 0) AS list_free_calls"
    " FROM organisations o JOIN accounts a ON a.organisation_id = o.id AND a.id = :account_id"
    " LEFT JOIN portals p ON p.organisation_id = o.id WHERE o.id = :id"
)
_WHERE = (
    "FROM call_rollups WHERE organisation_id = :organisation_id AND account_id = :account_id"
    " AND month = :month AND generation = :generation AND dimension = :dimension"
)
_SELECT = f"SELECT * {_WHERE}"
_CALLS = f"""
SELECT c.started, c.currency, c.duration_seconds, c.data_bytes, c.net_price, c.cli, c.type, c.destination_group,
    c.destination, c.cost_centre, c.direction, c.in_bundle, {INVOICED}, c.number
FROM visible_calls c WHERE c.organisation_id = :organisation_id AND c.account_id = :account_id
    AND c.started >= :first AND c.started < :last"""


def _together(rows: Iterable[tuple[object, ...]], zone: ZoneInfo) -> tuple[int, list[Rollup]]:
    sums: defaultdict[tuple[str, str, str], _Sum] = defaultdict(_Sum)
    numbers: defaultdict[tuple[str, str], Tally] = defaultdict(Tally)
    day_of: dict[int, int] = {}
    count = 0
    for started, currency, seconds, size, price, *rest in rows:
        count += 1
        quarter = started // QUARTER_SECONDS  # type: ignore[operator]
        if (day := day_of.get(quarter)) is None:
            day = day_of[quarter] = datetime.fromtimestamp(quarter * QUARTER_SECONDS, zone).day
        *values, number = rest
        numbers[number, currency].add(seconds, size, price)  # type: ignore[index, arg-type]
        sums["", "", currency].days[day].add(seconds, size, price)  # type: ignore[index, arg-type]
        for dimension, value in zip(DIMENSIONS, values, strict=True):
            one = sums[dimension, value, currency]  # type: ignore[index]
            one.days[day].add(seconds, size, price)  # type: ignore[arg-type]
            one.quarters.add(quarter)
    return count, [*(_made(key, one) for key, one in sums.items()), *_dearest(numbers)]


def _made(key: tuple[str, str, str], one: _Sum) -> Rollup:
    dimension, value, currency = key
    listed = bool(dimension) and len(one.quarters) <= MOST_QUARTERS
    total = Tally(
        sum(day.calls for day in one.days.values()),
        sum(day.seconds for day in one.days.values()),
        sum(day.size for day in one.days.values()),
        sum(day.price for day in one.days.values()),
    )
    quarters = tuple(sorted(one.quarters)) if listed else None
    return Rollup(dimension, str(value), currency, total, dict(one.days), quarters)


def _dearest(numbers: dict[tuple[str, str], Tally]) -> list[Rollup]:
    ranked = sorted(numbers.items(), key=lambda item: (-item[1].price, -item[1].calls, item[0]))
    return [
        Rollup(NUMBER, number, currency, tally, {}, None)
        for (number, currency), tally in ranked[:TOP_NUMBERS]
    ]


def _month_key(organisation_id: int, account_id: int, month: date) -> dict[str, object]:
    return {"organisation_id": organisation_id, "account_id": account_id, "month": f"{month:%Y-%m}"}


def _values(rollup: Rollup) -> dict[str, object]:
    days = {
        str(day): [tally.calls, tally.seconds, tally.size, tally.price]
        for day, tally in sorted(rollup.days.items())
    }
    return {
        "dimension": rollup.dimension,
        "value": rollup.value,
        "currency": rollup.currency,
        "calls": rollup.tally.calls,
        "seconds": rollup.tally.seconds,
        "bytes": rollup.tally.size,
        "price": rollup.tally.price,
        "days": json.dumps(days, separators=(",", ":")),
        "quarters": "" if rollup.quarters is None else json.dumps(rollup.quarters, separators=(",", ":")),
    }


def _tally(row: sqlite3.Row) -> Tally:
    return Tally(row["calls"], row["seconds"], row["bytes"], row["price"])


def _rollup(row: sqlite3.Row) -> Rollup:
    return Rollup(
        dimension=row["dimension"],
        value=row["value"],
        currency=row["currency"],
        tally=_tally(row),
        days={int(day): Tally(*tally) for day, tally in json.loads(row["days"]).items()},
        quarters=tuple(json.loads(row["quarters"])) if row["quarters"] else None,
    )

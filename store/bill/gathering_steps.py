"""Gathering steps: the transactions of which a gathering is made, each a few milliseconds long or a read.

A gathering has a name; its sums count once it is finished, and none but the last one begun can be.
"""

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store import rollups
from store.bill import line_sums, reconciliation
from store.bill.line_sums import FEW, GROUPED, OF_INVOICE, LineSum
from store.bill.rounding import Rule
from store.instants import to_ms

CALLS = 5_000
"""Calls a read; of a large store so many take some 50 ms of one reader."""
ROWS = 500
"""Sums a write."""
PATIENCE = timedelta(minutes=2)
"""A gathering that has not ended by then may be begun anew."""


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice whose calls are added up."""

    organisation_id: int
    account_id: int
    invoice_id: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A gathering under way, and for which generation of calls its sums will hold."""

    name: str
    generation: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Place:
    """A call in the order in which those of a line are read."""

    started: int
    external_hash: int
    batch_id: int


@dataclass(frozen=True, slots=True)
class Span:
    """Calls of an invoice's line (None: of none), after a place."""

    position: int | None
    after: Place | None = None


def begin(db: sqlite3.Connection, organisation_id: int, bill: Bill, now: datetime) -> Begun | None:
    """Begin a gathering; None: one is under way."""
    begun = Begun(
        secrets.token_hex(8),
        rollups.generation(db, organisation_id, bill.account_id),
        reconciliation.rule_of(db, organisation_id),
    )
    changed = db.execute(
        "INSERT INTO bill_sums (organisation_id, invoice_id, account_id, gathering, gathering_at)"
        " SELECT organisation_id, id, account_id, :name, :now FROM invoices WHERE organisation_id = :organisation_id"
        " AND account_id = :account_id AND id = :invoice_id"
        " ON CONFLICT (organisation_id, invoice_id) DO UPDATE SET gathering = excluded.gathering,"
        " gathering_at = excluded.gathering_at, account_id = excluded.account_id"
        " WHERE gathering = '' OR gathering_at < :stale",
        _key(bill) | {"name": begun.name, "now": to_ms(now), "stale": to_ms(now - PATIENCE)},
    )
    return begun if changed.rowcount else None


def positions(db: sqlite3.Connection, organisation_id: int, bill: Bill) -> list[int | None]:
    """The lines that calls of an invoice name; None: some name none."""
    found: list[int | None] = []
    row = db.execute(
        f"SELECT 1 FROM calls c WHERE {_OF_BILL} AND c.line_position IS NULL LIMIT 1", _key(bill)
    )
    if row.fetchone():
        found.append(None)
    last = -1
    while one := db.execute(_NEXT_LINE, _key(bill) | {"after": last}).fetchone():
        last = one["line_position"]
        found.append(last)
    return found


def end_of_part(db: sqlite3.Connection, organisation_id: int, bill: Bill, span: Span) -> Place | None:
    """The last call of the part that follows; None: it is the last part."""
    row = db.execute(
        f"SELECT c.started, c.external_hash, c.batch_id FROM calls c WHERE {_OF_BILL}"
        f" AND c.line_position IS :position{_AFTER if span.after else ''}"
        f" ORDER BY c.started, c.external_hash, c.batch_id LIMIT 1 OFFSET {CALLS - 1}",
        _key(bill) | {"position": span.position} | _place("after", span.after),
    ).fetchone()
    return Place(row["started"], row["external_hash"], row["batch_id"]) if row else None


def part(
    db: sqlite3.Connection,
    organisation_id: int,
    bill: Bill,
    rule: Rule,
    span: Span,
    last: Place | None,
) -> list[LineSum]:
    """The sums of the calls of a line from one place to another."""
    bounds = (_AFTER if span.after else "") + (_UP_TO if last else "")
    rows = db.execute(
        f"{line_sums.select(rule)}{OF_INVOICE} AND c.line_position IS :position{bounds}{GROUPED}",
        _key(bill) | {"position": span.position} | _place("after", span.after) | _place("last", last),
    )
    return [line_sums.of_row(row) for row in rows]


def keep(
    db: sqlite3.Connection, organisation_id: int, bill: Bill, begun: Begun, sums: Sequence[LineSum]
) -> None:
    """Keep some sums; they count once the gathering is finished. None of one that is over, or whose invoice is gone."""
    under_way = db.execute(
        "SELECT 1 FROM bill_sums WHERE organisation_id = :organisation_id AND invoice_id = :invoice_id"
        " AND gathering = :name",
        _key(bill) | {"name": begun.name},
    )
    if under_way.fetchone() is None:
        return
    db.executemany(
        "INSERT INTO bill_line_sums (organisation_id, invoice_id, gathering, line_position, destination_group,"
        " destination, currency, calls, duration_seconds, net_price, rounded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(organisation_id, bill.invoice_id, begun.name, one.position, one.group, one.destination),
                *(one.currency, one.calls, one.seconds, one.price, one.rounded),
            )
            for one in sums
        ],
    )


def finish(db: sqlite3.Connection, organisation_id: int, bill: Bill, begun: Begun) -> bool:
    """Let the sums stand, unless something was published or taken back meanwhile."""
    whole = rollups.generation(db, organisation_id, bill.account_id) == begun.generation
    done = db.execute(
        "UPDATE bill_sums SET gathering = '', ready = CASE WHEN :whole THEN :name ELSE ready END,"
        " rule = CASE WHEN :whole THEN :rule ELSE rule END,"
        " generation = CASE WHEN :whole THEN :generation ELSE generation END"
        " WHERE organisation_id = :organisation_id AND invoice_id = :invoice_id AND gathering = :name",
        _key(bill)
        | {
            "name": begun.name,
            "rule": str(begun.rule),
            "generation": begun.generation,
            "whole": whole,
        },
    )
    return whole and done.rowcount == 1


def sweep(db: sqlite3.Connection, organisation_id: int, bill: Bill) -> bool:
    """Remove some sums that do not count any more; False once none is left."""
    gone = db.execute(
        "DELETE FROM bill_line_sums WHERE organisation_id = :organisation_id AND invoice_id = :invoice_id"
        " AND (gathering, line_position, destination_group, destination, currency) IN"
        " (SELECT gathering, line_position, destination_group, destination, currency FROM bill_line_sums l"
        " WHERE l.organisation_id = :organisation_id AND l.invoice_id = :invoice_id AND l.gathering NOT IN"
        " (SELECT value FROM bill_sums s, json_each(json_array(s.ready, s.gathering))"
        f" WHERE s.organisation_id = :organisation_id AND s.invoice_id = :invoice_id) LIMIT {ROWS})",
        _key(bill),
    )
    return gone.rowcount > 0


def outdated(db: sqlite3.Connection, limit: int = 100) -> list[Bill]:
    """Invoices of any organisation whose sums were kept, and do not hold any more."""
    rows = db.execute(
        "SELECT s.organisation_id, s.account_id, s.invoice_id FROM bill_sums s"
        " JOIN organisations o ON o.id = s.organisation_id JOIN portals p ON p.organisation_id = o.id"
        " JOIN accounts a ON a.organisation_id = s.organisation_id AND a.id = s.account_id"
        f" WHERE s.generation <> {rollups.GENERATION} OR s.rule <> p.rounding || '/' ||"
        " CASE p.round_each_call WHEN 1 THEN 'call' ELSE 'line' END LIMIT :limit",
        {"limit": limit},
    )
    return [_bill(row) for row in rows]


def not_begun(db: sqlite3.Connection, limit: int = 100) -> list[Bill]:
    """Invoices of any organisation for a month of many calls (`store.rollups`) that were never added up."""
    rows = db.execute(
        "SELECT i.organisation_id, i.account_id, i.invoice_id FROM call_months m JOIN visible_invoices i"
        " ON i.organisation_id = m.organisation_id AND i.account_id = m.account_id AND i.issued_on >= m.month"
        " AND i.issued_on < date(m.month || '-01', '+3 months') AND substr(i.period_from, 1, 7) = m.month"
        " WHERE m.calls > :few AND NOT EXISTS (SELECT 1 FROM bill_sums s"
        " WHERE s.organisation_id = i.organisation_id AND s.invoice_id = i.invoice_id) LIMIT :limit",
        {"few": FEW, "limit": limit},
    )
    return [_bill(row) for row in rows]


def _bill(row: sqlite3.Row) -> Bill:
    return Bill(row["organisation_id"], row["account_id"], row["invoice_id"])


_OF_BILL = (
    "c.organisation_id = :organisation_id AND c.invoice_id = :invoice_id AND c.account_id = :account_id"
)
_NEXT_LINE = (
    f"SELECT c.line_position FROM calls c WHERE {_OF_BILL} AND c.line_position > :after"
    " ORDER BY c.line_position LIMIT 1"
)
_CALL = "(c.started, c.external_hash, c.batch_id)"
_AFTER = f" AND {_CALL} > (:after_started, :after_hash, :after_batch)"
_UP_TO = f" AND {_CALL} <= (:last_started, :last_hash, :last_batch)"


def _key(bill: Bill) -> dict[str, object]:
    return {
        "organisation_id": bill.organisation_id,
        "account_id": bill.account_id,
        "invoice_id": bill.invoice_id,
    }


def _place(name: str, place: Place | None) -> dict[str, object]:
    if place is None:
        return {}
    return {
        f"{name}_started": place.started,
        f"{name}_hash": place.external_hash,
        f"{name}_batch": place.batch_id,
    }

"""Statement: what was invoiced, credited and paid, in the order of its days, and what it came to after each.

An invoice adds its total, a credit note takes it off, a payment that counts (confirmed, paid out) takes off its amount;
what is void, under way, failed or taken back counts for nothing.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from store.money import Money

MOST = 20_000
"""Entries of one statement; a period that holds more has to be chosen shorter."""


class Kind(Enum):
    """What an entry is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document or payment; `amount` is what it adds to what is owed."""

    day: date
    kind: Kind
    public_id: str
    name: str
    """The number of a document, the method of a payment."""
    amount: Money


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and what is owed after it."""

    entry: Entry
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A period in one currency; positive is owed by the customer."""

    opening: Money
    lines: tuple[Line, ...]
    closing: Money

    @property
    def charged(self) -> Money:
        """What the entries add."""
        return self._sum(1)

    @property
    def credited(self) -> Money:
        """What they take off, without its sign."""
        return -self._sum(-1)

    def _sum(self, sign: int) -> Money:
        found = sum(line.entry.amount.minor for line in self.lines if line.entry.amount.minor * sign > 0)
        return Money(found, self.opening.currency)


def of_period(
    db: sqlite3.Connection, organisation_id: int, account_id: int, first: date, last: date
) -> list[Statement] | None:
    """The statements of a period, one a currency; None: there are too many entries for one."""
    key = {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "first": first.isoformat(),
        "last": last.isoformat(),
    }
    opening = {
        row["currency"]: Money(row["amount"], row["currency"])
        for row in db.execute(
            f"SELECT currency, sum(amount) AS amount FROM ({_ENTRIES}) WHERE day < :first GROUP BY currency",
            key,
        )
    }
    rows = db.execute(
        f"SELECT * FROM ({_ENTRIES}) WHERE day >= :first AND day <= :last"
        f" ORDER BY day, kind = 'payment', name, public_id LIMIT {MOST + 1}",
        key,
    ).fetchall()
    return None if len(rows) > MOST else statements(opening, map(_entry, rows))


def statements(opening: dict[str, Money], entries: Iterable[Entry]) -> list[Statement]:
    """Entries in their order, by currency, with what is owed after each; pure."""
    by_currency: dict[str, list[Entry]] = {currency: [] for currency in opening}
    for entry in entries:
        by_currency.setdefault(entry.amount.currency, []).append(entry)
    found = [
        _statement(opening.get(currency, Money(0, currency)), some)
        for currency, some in sorted(by_currency.items())
    ]
    return [each for each in found if each.lines or each.opening.minor]


def _statement(opening: Money, entries: Sequence[Entry]) -> Statement:
    balance, lines = opening, []
    for entry in entries:
        balance = balance + entry.amount
        lines.append(Line(entry, balance))
    return Statement(opening, tuple(lines), balance)


_ENTRIES = """
SELECT issued_on AS day, kind, public_id, number AS name, currency,
    CASE kind WHEN 'invoice' THEN gross ELSE -abs(gross) END AS amount
FROM visible_invoices WHERE organisation_id = :organisation_id AND account_id = :account_id AND status <> 'void'
UNION ALL
SELECT paid_on, CASE WHEN amount < 0 THEN 'refund' ELSE 'payment' END, public_id, method, currency, -amount
FROM visible_payments WHERE organisation_id = :organisation_id AND account_id = :account_id
    AND status IN ('confirmed', 'paid_out')"""


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        day=date.fromisoformat(row["day"]),
        kind=Kind(row["kind"]),
        public_id=row["public_id"],
        name=row["name"],
        amount=Money(row["amount"], row["currency"]),
    )

"""Bills for the tests: months of one customer, each with lines that add up to it."""

import sqlite3
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tests import factories


@dataclass(frozen=True)
class Line:
    """A line in pence; `calls` are prices in millionths of the calls that it charges."""

    net: int
    kind: str = "recurring"
    category: str = "Line rental"
    description: str = "SIP channel"
    cli: str = "01174960001"
    quantity: int = 1
    calls: tuple[int, ...] = ()
    destination: str = "Mobile"


RENTAL = Line(695)
SEATS = Line(2000, category="Seats", description="Hosted seat", cli="", quantity=2)
MOBILE = Line(200, "usage", "UK mobile", "UK mobile from 01174960001, 2 calls", calls=(1_000_000, 1_000_000))


def bill(
    db: sqlite3.Connection,
    key: tuple[int, int],
    month: date,
    *lines: Line,
    number: str = "",
    kind: str = "invoice",
    status: str = "outstanding",
    currency: str = "GBP",
    credits_number: str = "",
) -> int:
    """The bill for a month, issued on the first of the next, with VAT at 20 %."""
    number = number or f"INV-{month:%Y-%m}"
    last = month.replace(day=monthrange(month.year, month.month)[1])
    net = sum(line.net for line in lines)
    batch = factories.batch(db, key[0])
    invoice_id = factories.invoice(
        db,
        *key,
        number,
        issued_on=last + timedelta(days=1),
        kind=kind,
        status=status,
        net=net,
        tax=net // 5,
        currency=currency,
        credits_number=credits_number,
        batch_id=batch,
    )
    db.execute(
        "UPDATE invoice_revisions SET period_from = ?, period_to = ? WHERE invoice_id = ?",
        (month.isoformat(), last.isoformat(), invoice_id),
    )
    factories.tax(db, key[0], invoice_id, net=net, amount=net // 5, batch_id=batch)
    for position, line in enumerate(lines, 1):
        _put(db, key, invoice_id, position, line, datetime(month.year, month.month, 3, 9, tzinfo=UTC), batch)
    return invoice_id


def _put(
    db: sqlite3.Connection,
    key: tuple[int, int],
    invoice_id: int,
    position: int,
    line: Line,
    started: datetime,
    batch: int,
) -> None:
    factories.line(
        db,
        key[0],
        invoice_id,
        position,
        kind=line.kind,
        category=line.category,
        description=line.description,
        net=line.net,
        cli=line.cli,
        quantity=line.quantity * 1_000_000,
        unit_price=line.net * 10_000 // line.quantity,
        batch_id=batch,
    )
    for number, price in enumerate(line.calls):
        factories.call(
            db,
            *key,
            started + timedelta(hours=number),
            external_id=f"{invoice_id}/{position}/{number}",
            price=price,
            cli=line.cli,
            destination=line.destination,
            destination_group=line.destination,
            invoice_id=invoice_id,
            line_position=position,
            batch_id=batch,
        )

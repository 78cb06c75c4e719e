import sqlite3

import pytest

from store.listings import batches, calls, customers, invoices, mandates, payments
from store.listings.order import Asked, Order, statement

LISTINGS = (batches, calls, customers, invoices, mandates, payments)


@pytest.mark.parametrize(
    ("columns", "order", "conditions"),
    [
        pytest.param(
            getattr(listing, "_COLUMNS", "b.id"), order, conditions, id=f"{listing.__name__[15:]} {name}"
        )
        for listing in LISTINGS
        for name, order in listing.ORDERS.items()
        for conditions in ((), tuple((listing.FILTERS | dict(order.filters)).values()))
    ],
)
def test_every_order_is_served_by_an_index(
    db: sqlite3.Connection, columns: str, order: Order, conditions: tuple[str, ...]
) -> None:
    for after in (None, tuple(kind() for kind in order.types)):
        query = statement(columns, Asked(order, 50, after, conditions))
        plan = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {query}", _Any())]
        scans = [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step]
        # Of one customer's few rows the order may be made anew.
        allowed = 1 if any("account_id =" in condition for condition in conditions) else 0
        assert len(scans) <= allowed, plan


class _Any(dict[str, int]):
    """A value for every parameter."""

    def __missing__(self, name: str) -> int:
        return 1

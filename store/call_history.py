"""Call history: what calls came to that are past their retention: no numbers, no times, only sums."""

import sqlite3

from store.call_sums import Sum


def of_line(
    db: sqlite3.Connection, organisation_id: int, account_id: int, line: tuple[int, int]
) -> list[Sum]:
    """What the calls behind a line (invoice id, position) came to, by currency."""
    invoice_id, position = line
    rows = db.execute(
        f"SELECT {_SUMS} FROM visible_call_history WHERE organisation_id = :organisation_id"
        " AND account_id = :account_id AND invoice_id = :invoice_id AND line_position = :position"
        " GROUP BY currency ORDER BY currency",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "invoice_id": invoice_id,
            "position": position,
        },
    )
    return [Sum(row["calls"], row["seconds"], row["price"], row["currency"]) for row in rows]


_SUMS = "sum(calls) AS calls, sum(duration_seconds) AS seconds, sum(net_price) AS price, currency"

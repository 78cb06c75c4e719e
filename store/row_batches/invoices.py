"""Invoices, each with its lines: two batches, as two files would be, published together.

Lines need the id of their invoice before it is merged, so the key rows of new invoices are made first. A key row
without a revision is nothing that anybody sees.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from store.importing.invoice_lines import INVOICE_LINES
from store.importing.invoices import INVOICES
from store.importing.references import Invoice
from store.row_batches.desk import Desk
from store.row_batches.item import Item
from store.row_batches.overlay import Overlay
from store.row_batches.part import Part

KEYS_A_WRITE = 200


def invoices(desk: Desk, items: Sequence[Item]) -> list[Part]:
    """The plan of invoices; one without lines leaves its lines as they are."""
    heads = desk.read(INVOICES, ((number, "", item.cells) for number, item in enumerate(items)))
    with_lines = [
        (origin.item, row)
        for origin, row in heads.rows
        if origin.item not in desk.faults and items[origin.item].parts is not None
    ]
    if not with_lines:
        return [heads]
    known = _known(desk, heads, [row for _, row in with_lines])
    overlay = Overlay(desk.writer.db, desk.organisation_id, invoices=known)
    lines = desk.read(
        INVOICE_LINES,
        (
            (number, f"lines[{place}].", cells)
            for number, _ in with_lines
            for place, cells in enumerate(items[number].parts or ())
        ),
        replace(desk.context, references=overlay),
    )
    return [heads, lines]


def _known(desk: Desk, heads: Part, rows: list[tuple[object, ...]]) -> dict[str, Invoice]:
    """This request's invoices by number, with their ids."""
    wanted = [
        cast(Any, heads.values(row, "number", "public_id", "account_id", "currency", "net", "tax"))
        for row in rows
    ]
    ids: dict[str, int] = {}
    for first in range(0, len(wanted), KEYS_A_WRITE):
        some = [row[:3] for row in wanted[first : first + KEYS_A_WRITE]]
        ids |= desk.writer.write(lambda db, some=some: _ids(db, desk.organisation_id, some))  # type: ignore[misc]
    return {
        number: Invoice(ids[number], number, account_id, currency, net, tax)
        for number, _, account_id, currency, net, tax in wanted
    }


def _ids(db: sqlite3.Connection, organisation_id: int, wanted: list[tuple[str, str, int]]) -> dict[str, int]:
    for number, public_id, account_id in wanted:
        db.execute(
            "INSERT INTO invoices (organisation_id, public_id, account_id, number)"
            " VALUES (:organisation, :public_id, :account, :number) ON CONFLICT (organisation_id, number) DO NOTHING",
            {
                "organisation": organisation_id,
                "public_id": public_id,
                "account": account_id,
                "number": number,
            },
        )
    find = "SELECT id FROM invoices WHERE organisation_id = ? AND number = ?"
    return {number: db.execute(find, (organisation_id, number)).fetchone()["id"] for number, _, _ in wanted}

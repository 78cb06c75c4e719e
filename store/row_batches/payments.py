"""Payments, each with its allocations: one batch.

A payment whose allocations are given is not allocated by what it names: those that are given are all of them.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from store.importing.allocations import ALLOCATIONS
from store.importing.payments import PAYMENTS
from store.importing.references import Payment
from store.row_batches.desk import Desk
from store.row_batches.invoices import KEYS_A_WRITE
from store.row_batches.item import Item
from store.row_batches.overlay import Overlay
from store.row_batches.part import Part

DIVIDED = replace(PAYMENTS, targets=PAYMENTS.targets[:1])
"""The payment itself, without the allocation that it would imply."""


def payments(desk: Desk, items: Sequence[Item]) -> list[Part]:
    """The plan of payments; one without allocations leaves them to what it names."""
    heads = desk.read(PAYMENTS, ((number, "", item.cells) for number, item in enumerate(items)))
    divided = {
        origin.item
        for origin, _ in heads.rows
        if origin.item not in desk.faults and items[origin.item].parts is not None
    }
    if not divided:
        return [heads]
    apart = heads.split(divided, DIVIDED)
    overlay = Overlay(desk.writer.db, desk.organisation_id, payments=_known(desk, apart))
    allocations = desk.read(
        ALLOCATIONS,
        (
            (number, f"allocations[{place}].", cells)
            for number in sorted(divided)
            for place, cells in enumerate(items[number].parts or ())
        ),
        replace(desk.context, references=overlay),
        batch_kind=PAYMENTS.name,
    )
    return [heads, apart, allocations]


def _known(desk: Desk, apart: Part) -> dict[str, Payment]:
    """This request's divided payments by external id, with their ids."""
    names = ("external_id", "public_id", "account_id", "currency", "amount")
    wanted = [cast(Any, apart.values(row, *names)) for _, row in apart.rows]
    ids: dict[str, int] = {}
    for first in range(0, len(wanted), KEYS_A_WRITE):
        some = [row[:3] for row in wanted[first : first + KEYS_A_WRITE]]
        ids |= desk.writer.write(lambda db, some=some: _ids(db, desk.organisation_id, some))  # type: ignore[misc]
    return {
        external_id: Payment(ids[external_id], account_id, currency, amount)
        for external_id, _, account_id, currency, amount in wanted
    }


def _ids(db: sqlite3.Connection, organisation_id: int, wanted: list[tuple[str, str, int]]) -> dict[str, int]:
    for external_id, public_id, account_id in wanted:
        db.execute(
            "INSERT INTO payments (organisation_id, public_id, account_id, external_id)"
            " VALUES (:organisation, :public_id, :account, :external_id)"
            " ON CONFLICT (organisation_id, external_id) DO NOTHING",
            {
                "organisation": organisation_id,
                "public_id": public_id,
                "account": account_id,
                "external_id": external_id,
            },
        )
    find = "SELECT id FROM payments WHERE organisation_id = ? AND external_id = ?"
    return {key: db.execute(find, (organisation_id, key)).fetchone()["id"] for key, _, _ in wanted}

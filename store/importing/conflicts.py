"""Conflicts: rows that another batch has its hands on, so that they cannot be merged now."""

import sqlite3

from store.importing.refusal import Refusal


class Conflicts(Exception):
    """Rows that a draft or another import has its hands on; the batch must be abandoned."""

    def __init__(self, refusals: list[Refusal]):
        super().__init__(f"{len(refusals)} rows in other batches")
        self.refusals = refusals


def conflict(row: sqlite3.Row, key_name: str) -> Refusal:
    """The refusal of a row (row, batch_id, state) by what the batch is that has it."""
    if row["state"] == "draft":
        reason = f"stands in batch {row['batch_id']}, a draft; publish or withdraw that first"
    else:
        reason = f"is being imported just now by another process, as batch {row['batch_id']}"
    return Refusal(row["row"], key_name, reason)

"""Overlay: what the rows of a request name in the store, and above it what the same request brings."""

import sqlite3
from collections.abc import Mapping

from store.importing.references import Invoice, Payment, References
from store.row_batches.desk import EXACT


class Overlay(References):
    """References in which this request's own invoices and payments are known already."""

    def __init__(
        self,
        db: sqlite3.Connection,
        organisation_id: int,
        *,
        invoices: Mapping[str, Invoice] | None = None,
        payments: Mapping[str, Payment] | None = None,
    ):
        super().__init__(db, organisation_id, EXACT)
        self._invoices = invoices or {}
        self._payments = payments or {}

    def known_invoice(self, number: str) -> Invoice | None:
        """The invoice as this request has it, or as the store does."""
        return self._invoices.get(number) or super().known_invoice(number)

    def known_payment(self, external_id: str) -> Payment | None:
        """The payment as this request has it, or as the store does."""
        return self._payments.get(external_id) or super().known_payment(external_id)

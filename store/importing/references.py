"""References: what a file's rows name in the store: customers, mandates, invoices, their lines, payments.

Each look-up is its own short read. Known is what a published batch or a draft holds; what another import is
staging just now may still vanish.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from store.importing.refusal import Refused, quoted
from store.importing.source import SourceFormat

_LIVE = "EXISTS (SELECT 1 FROM batches b WHERE b.id = r.batch_id AND b.state IN ('published', 'draft'))"


@dataclass(frozen=True, slots=True)
class Invoice:
    """The newest known revision of an invoice."""

    id: int
    number: str
    account_id: int
    currency: str
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Payment:
    """The newest known revision of a payment."""

    id: int
    account_id: int
    currency: str
    amount: int


class References:
    """Look-ups in one organisation's data."""

    def __init__(self, db: sqlite3.Connection, organisation_id: int, source: SourceFormat):
        self._db = db
        self._organisation_id = organisation_id
        self._source = source

    def account(self, reference: str) -> int:
        """The id of the customer with this reference."""
        found = self._one(_ACCOUNT, reference=reference)
        if found:
            return int(found["id"])
        return self._account_with_zeros(reference)

    def invoice(self, number: str) -> Invoice:
        """The invoice or credit note of this number."""
        found = self.known_invoice(number)
        if found is None:
            raise Refused(f"there is no invoice {quoted(number)}; import invoices first")
        return found

    def known_invoice(self, number: str) -> Invoice | None:
        """As `invoice`, with None for none."""
        found = self._one(_INVOICE, number=number)
        return Invoice(**dict(found)) if found else None

    def numbers(self) -> Iterator[str]:
        """Every invoice number there ever was, in pages."""
        after = ""
        while page := self._db.execute(_NUMBERS, (self._organisation_id, after)).fetchall():
            yield from (row["number"] for row in page)
            after = page[-1]["number"]

    def payment(self, external_id: str) -> Payment:
        """The payment of this external id."""
        found = self.known_payment(external_id)
        if found is None:
            raise Refused(f"there is no payment {quoted(external_id)}; import payments first")
        return found

    def known_payment(self, external_id: str) -> Payment | None:
        """As `payment`, with None for none."""
        found = self._one(_PAYMENT, external_id=external_id)
        return Payment(**dict(found)) if found else None

    def account_of_mandate(self, external_id: str) -> int | None:
        """The id of the customer whose mandate this is; None where it is not known yet."""
        found = self._one(_MANDATE, external_id=external_id)
        return int(found["account_id"]) if found else None

    def has_line(self, invoice_id: int, position: int) -> bool:
        """Whether an invoice has a line at this position."""
        return self._one(_LINE, invoice_id=invoice_id, position=position) is not None

    def allocated(self, payment_id: int) -> int:
        """The sum that is visibly allocated of a payment, in minor units."""
        found = self._one(_ALLOCATED, payment_id=payment_id)
        return int(found["amount"]) if found else 0

    def _account_with_zeros(self, reference: str) -> int:
        longer = self._longer_references.get(reference, [])
        if len(longer) == 1 and self._source.numbers == "excel":
            return self.account(longer[0])
        reason = f"there is no customer {quoted(reference)}"
        if longer:
            raise Refused(
                f"{reason}, but {quoted(longer[0])} is known;"
                " if Excel dropped leading zeros in this file, say --numbers excel"
                if len(longer) == 1
                else f"{reason}; several are known that have zeros before it"
            )
        raise Refused(f"{reason}; import customers first")

    @cached_property
    def _longer_references(self) -> dict[str, list[str]]:
        """References by what is left without their leading zeros."""
        found: dict[str, list[str]] = {}
        for row in self._db.execute(_ZEROS, {"organisation": self._organisation_id}).fetchall():
            found.setdefault(row["reference"].lstrip("0"), []).append(row["reference"])
        return found

    def _one(self, query: str, **values: object) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._db.execute(
            query, values | {"organisation": self._organisation_id}
        ).fetchone()
        return found


_ACCOUNT = f"""
SELECT a.id FROM accounts a WHERE a.organisation_id = :organisation AND a.reference = :reference
AND EXISTS (SELECT 1 FROM account_revisions r
    WHERE r.organisation_id = :organisation AND r.account_id = a.id AND {_LIVE})"""
_ZEROS = """
SELECT reference FROM accounts
WHERE organisation_id = :organisation AND reference >= '0' AND reference < '1'"""
_INVOICE = f"""
SELECT i.id, i.number, r.account_id, r.currency, r.net, r.tax FROM invoices i
JOIN invoice_revisions r ON r.organisation_id = :organisation AND r.invoice_id = i.id
WHERE i.organisation_id = :organisation AND i.number = :number AND {_LIVE}
ORDER BY r.id DESC LIMIT 1"""
_NUMBERS = "SELECT number FROM invoices WHERE organisation_id = ? AND number > ? ORDER BY number LIMIT 1000"
_PAYMENT = f"""
SELECT p.id, r.account_id, r.currency, r.amount FROM payments p
JOIN payment_revisions r ON r.organisation_id = :organisation AND r.payment_id = p.id
WHERE p.organisation_id = :organisation AND p.external_id = :external_id AND {_LIVE}
ORDER BY r.id DESC LIMIT 1"""
_MANDATE = f"""
SELECT r.account_id FROM mandates m
JOIN mandate_revisions r ON r.organisation_id = :organisation AND r.mandate_id = m.id
WHERE m.organisation_id = :organisation AND m.external_id = :external_id AND {_LIVE}
ORDER BY r.id DESC LIMIT 1"""
_LINE = f"""
SELECT 1 FROM invoice_lines r
WHERE r.organisation_id = :organisation AND r.invoice_id = :invoice_id AND r.position = :position AND {_LIVE}
AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = r.superseded_by AND b.state = 'published')
LIMIT 1"""
_ALLOCATED = """
SELECT coalesce(sum(amount), 0) AS amount FROM visible_allocations
WHERE organisation_id = :organisation AND payment_id = :payment_id"""

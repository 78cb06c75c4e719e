"""Mandates of a customer, as published: their leave to collect what is due. Shown, never acted on."""

import sqlite3
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


class Scheme(Enum):
    """By which rules is collected."""

    BACS = "bacs"
    SEPA = "sepa"
    CARD = "card"


class Status(Enum):
    """Whether a mandate collects, or why not."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"


LIVING = frozenset({Status.ACTIVE, Status.PENDING})
"""Collects, or will."""
_ONLY = {Scheme.BACS: "GBP", Scheme.SEPA: "EUR"}
"""The one currency of a scheme; cards are charged in any."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """One mandate; `account_ending` has four characters at most, `bank` is a card's brand where it is a card."""

    mandate_id: int
    external_id: str
    scheme: Scheme
    provider: str
    bank: str
    account_ending: str
    status: Status
    is_default: bool
    collection_day: int | None
    signed_on: date | None

    @property
    def is_active(self) -> bool:
        return self.status is Status.ACTIVE

    def takes(self, currency: str) -> bool:
        """Whether invoices of this currency can be collected by its scheme."""
        return _ONLY.get(self.scheme, currency) == currency

    def day_for(self, due_on: date) -> date:
        """From when on an invoice is collected: its due date, or the first collection day that is not before it."""
        if self.collection_day is None:
            return due_on
        day = _in_month(due_on, self.collection_day)
        return day if day >= due_on else _in_month(_next_month(due_on), self.collection_day)


def of_account(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[Mandate]:
    """A customer's mandates, the one that counts first: active, marked as the one that collects, newest."""
    rows = db.execute(
        "SELECT mandate_id, external_id, scheme, provider, bank, account_ending, status, is_default,"
        " collection_day, signed_on FROM visible_mandates"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id"
        " ORDER BY CASE status WHEN 'active' THEN 0 WHEN 'pending' THEN 1 ELSE 2 END, is_default DESC,"
        " signed_on DESC, mandate_id DESC",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return [_mandate(row) for row in rows]


def standing(
    db: sqlite3.Connection, organisation_id: int, account_id: int, currency: str = ""
) -> Mandate | None:
    """The mandate that counts: the one that collects, else the one that is being set up, else the last that did."""
    return first(of_account(db, organisation_id, account_id), currency)


def first(found: Sequence[Mandate], currency: str = "") -> Mandate | None:
    """The first that takes a currency; of any where none is said."""
    return next((each for each in found if not currency or each.takes(currency)), None)


def _in_month(day: date, number: int) -> date:
    return day.replace(day=min(number, monthrange(day.year, day.month)[1]))


def _next_month(day: date) -> date:
    """Some day of the month after."""
    return day.replace(day=28) + timedelta(days=4)


def _mandate(row: sqlite3.Row) -> Mandate:
    return Mandate(
        mandate_id=row["mandate_id"],
        external_id=row["external_id"],
        scheme=Scheme(row["scheme"]),
        provider=row["provider"],
        bank=row["bank"],
        account_ending=row["account_ending"],
        status=Status(row["status"]),
        is_default=bool(row["is_default"]),
        collection_day=row["collection_day"],
        signed_on=date.fromisoformat(row["signed_on"]) if row["signed_on"] else None,
    )

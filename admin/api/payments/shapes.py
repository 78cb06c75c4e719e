"""Payments as the API shows and takes them."""

from datetime import date as Day
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from admin.api.amounts import Amount, Currency
from admin.api.lists import Paging, UpdatedFrom
from admin.api.words import PaymentStatus

MOST_ROWS = 1000


class PaymentHead(msgspec.Struct, kw_only=True):
    """A payment, known by the id that its source gave it."""

    external_id: str
    account_reference: str
    date: Day
    method: str
    status: PaymentStatus
    amount: Amount
    currency: Currency
    invoice_number: Annotated[str, Meta(description="What the payer or the source named.")]
    collected_on: Annotated[Day | None, Meta(description="When it is, or was to be, collected.")]
    failure: Annotated[str, Meta(description="Why it failed, as the bank says it; shown to the customer.")]
    updated_at: datetime


class Allocation(msgspec.Struct, kw_only=True):
    """The part of a payment that settles one invoice."""

    invoice_number: str
    amount: Amount


class Payment(PaymentHead, kw_only=True):
    """A payment with what it settles."""

    allocations: list[Allocation]


class PaymentList(msgspec.Struct):
    """A page of payments."""

    data: list[PaymentHead]
    next_cursor: str | None


class PaymentsQuery(Paging, kw_only=True):
    """Which payments, and how. With account_reference, sorting by date is the quickest."""

    sort: Literal["external_id", "-external_id", "date", "-date", "updated"] = "external_id"
    account_reference: str | None = None
    status: PaymentStatus | None = None
    invoice_number: str | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    updated_from: UpdatedFrom | None = None


class AllocationRow(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The part of a payment that is for one invoice."""

    invoice_number: str
    amount: Amount


class PaymentFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A payment to be kept. With allocations, they are all of its allocations; without, a payment that counts
    and names an invoice is wholly for that one, unless it was divided before.
    """

    external_id: str | None = None
    account_reference: str
    date: Annotated[str, Meta(examples=["2026-11-22"])]
    method: str | None = None
    status: str | None = None
    amount: Amount
    currency: Currency | None = None
    invoice_number: str | None = None
    collected_on: Annotated[str, Meta(examples=["2026-11-18"])] | None = None
    failure: str | None = None
    allocations: Annotated[list[AllocationRow], Meta(min_length=1, max_length=MOST_ROWS)] | None = None


class PaymentRow(PaymentFields, kw_only=True, forbid_unknown_fields=True):
    """A payment among others."""

    external_id: str


class PaymentRows(msgspec.Struct):
    """Payments to add or to change."""

    rows: Annotated[list[PaymentRow], Meta(min_length=1, max_length=MOST_ROWS)]

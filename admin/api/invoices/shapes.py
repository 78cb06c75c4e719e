"""Invoices as the API shows and takes them."""

from datetime import date as Day
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from admin.api.amounts import Amount, Currency, Price
from admin.api.lists import Paging, UpdatedFrom
from admin.api.words import InvoiceKind, InvoiceStatus, LineKind, TaxCode

MOST_ROWS = 1000
MOST_LINES = 10_000


class InvoiceHead(msgspec.Struct, kw_only=True):
    """An invoice or a credit note, without its lines."""

    number: str
    account_reference: str
    kind: InvoiceKind
    date: Day
    due: Day | None
    period_from: Day | None
    period_to: Day | None
    status: InvoiceStatus
    net: Amount
    tax: Amount
    gross: Amount
    paid: Amount
    due_amount: Amount
    currency: Currency
    po_number: str
    credits_invoice: Annotated[str, Meta(description="The invoice that a credit note is about.")]
    updated_at: datetime


class InvoiceLine(msgspec.Struct, kw_only=True):
    """A line of an invoice; the rate is in percent."""

    position: int
    kind: LineKind
    category: str
    description: str
    cli: str
    cost_centre: str
    period_from: Day | None
    period_to: Day | None
    quantity: Price
    unit_price: Price
    net: Amount
    tax_code: TaxCode
    tax_rate: Price
    tax: Amount


class InvoiceTax(msgspec.Struct, kw_only=True):
    """The tax of an invoice at one rate."""

    tax_code: TaxCode
    tax_rate: Price
    net: Amount
    tax: Amount


class Settlement(msgspec.Struct, kw_only=True):
    """What a payment settles of an invoice."""

    payment_external_id: str
    amount: Amount


class DocumentFacts(msgspec.Struct, kw_only=True):
    """The PDF of an invoice."""

    file_name: str
    size: int
    sha256: Annotated[str, Meta(description="In hexadecimal.")]


class Invoice(InvoiceHead, kw_only=True):
    """An invoice or a credit note with all that belongs to it."""

    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    allocations: list[Settlement]
    document: DocumentFacts | None


class InvoiceList(msgspec.Struct):
    """A page of invoices."""

    data: list[InvoiceHead]
    next_cursor: str | None


class InvoicesQuery(Paging, kw_only=True):
    """Which invoices, and how. With account_reference, sorting by date is the quickest."""

    sort: Literal["number", "-number", "date", "-date", "updated"] = "number"
    account_reference: str | None = None
    status: InvoiceStatus | None = None
    kind: InvoiceKind | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    updated_from: UpdatedFrom | None = None


class LineRow(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A line to be kept; without a position it stands where it is in the list."""

    position: int | None = None
    kind: str | None = None
    category: str | None = None
    description: str | None = None
    cli: str | None = None
    cost_centre: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    quantity: Price | None = None
    unit_price: Price | None = None
    net: Amount
    tax_code: Annotated[str, Meta(examples=["standard"])]
    tax_rate: Price
    tax: Amount


class InvoiceFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An invoice to be kept. With lines, they are all of its lines; without, its lines stay as they are."""

    number: str | None = None
    account_reference: str
    kind: str | None = None
    date: Annotated[str, Meta(examples=["2026-11-22"])]
    due: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    status: str | None = None
    net: Amount
    tax: Amount
    gross: Amount
    paid: Amount | None = None
    due_amount: Amount | None = None
    currency: Currency | None = None
    po_number: str | None = None
    credits_invoice: str | None = None
    lines: Annotated[list[LineRow], Meta(min_length=1, max_length=MOST_LINES)] | None = None


class InvoiceRow(InvoiceFields, kw_only=True, forbid_unknown_fields=True):
    """An invoice among others."""

    number: str


class InvoiceRows(msgspec.Struct):
    """Invoices to add or to revise."""

    rows: Annotated[list[InvoiceRow], Meta(min_length=1, max_length=MOST_ROWS)]

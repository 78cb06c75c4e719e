"""Calls as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from admin.api.amounts import Currency, Price
from admin.api.lists import Instant, Paging
from admin.api.words import CallType, Direction

MOST_ROWS = 10_000


class CallShown(msgspec.Struct, kw_only=True):
    """A call, message or data session; prices without VAT."""

    external_id: str
    cli: str
    direction: Direction
    type: CallType
    started: datetime
    duration_seconds: int
    billed_seconds: int
    data_bytes: int
    number: str
    destination: str
    destination_group: str
    charge_band: str
    net_price: Price
    access_charge: Price
    service_charge: Price
    in_bundle: bool
    cost_centre: str
    currency: Currency
    invoice_number: str | None
    invoice_line: int | None


class CallList(msgspec.Struct):
    """A page of calls."""

    data: list[CallShown]
    next_cursor: str | None


class CallsQuery(Paging, kw_only=True):
    """Whose calls, which, and how."""

    account_reference: str
    sort: Literal["started", "-started"] = "-started"
    started_from: Instant | None = None
    started_to: Annotated[datetime, Meta(tz=True, description="Calls that started before this.")] | None = (
        None
    )
    cli: str | None = None
    type: CallType | None = None


class CallRow(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A call to be kept; `started` with its offset or Z."""

    external_id: str
    account_reference: str
    cli: str | None = None
    direction: str | None = None
    type: str | None = None
    started: Annotated[str, Meta(examples=["2026-11-22T09:30:00Z"])]
    duration_seconds: int | None = None
    billed_seconds: int | None = None
    data_bytes: int | None = None
    number: str | None = None
    destination: str | None = None
    destination_group: str | None = None
    charge_band: str | None = None
    net_price: Price
    access_charge: Price | None = None
    service_charge: Price | None = None
    in_bundle: bool | None = None
    cost_centre: str | None = None
    currency: Currency | None = None
    invoice_number: str | None = None
    invoice_line: int | None = None


class CallRows(msgspec.Struct):
    """Calls to add."""

    rows: Annotated[list[CallRow], Meta(min_length=1, max_length=MOST_ROWS)]

"""Mandates as the API shows and takes them."""

from datetime import date as Day
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from admin.api.lists import Paging, UpdatedFrom
from admin.api.words import MandateScheme, MandateStatus

MOST_ROWS = 1000

Ending = Annotated[
    str,
    Meta(
        description="The last four characters of the account. More than four digits are refused.",
        examples=["4021"],
    ),
]
CollectionDay = Annotated[
    int, Meta(description="The day of the month on which is collected; without one, each invoice's due date.")
]


class Mandate(msgspec.Struct, kw_only=True):
    """A customer's leave to collect, known by the id that its source gave it. Nothing is collected from here."""

    external_id: str
    account_reference: str
    scheme: MandateScheme
    provider: str
    bank: Annotated[str, Meta(description="The customer's bank, or the card's brand.")]
    account_ending: Ending
    status: MandateStatus
    is_default: Annotated[bool, Meta(description="Of several active ones, the one that collects.")]
    collection_day: CollectionDay | None
    signed_on: Day | None
    updated_at: datetime


class MandateList(msgspec.Struct):
    """A page of mandates."""

    data: list[Mandate]
    next_cursor: str | None


class MandatesQuery(Paging, kw_only=True):
    """Which mandates, and how."""

    sort: Literal["external_id", "-external_id", "updated"] = "external_id"
    account_reference: str | None = None
    status: MandateStatus | None = None
    updated_from: UpdatedFrom | None = None


class MandateFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A mandate to be kept."""

    external_id: str | None = None
    account_reference: str
    scheme: str | None = None
    provider: str | None = None
    bank: str | None = None
    account_ending: Ending | None = None
    status: Annotated[str, Meta(examples=["active"])]
    is_default: bool | None = None
    collection_day: CollectionDay | None = None
    signed_on: Annotated[str, Meta(examples=["2026-03-02"])] | None = None


class MandateRow(MandateFields, kw_only=True, forbid_unknown_fields=True):
    """A mandate among others."""

    external_id: str


class MandateRows(msgspec.Struct):
    """Mandates to add or to change."""

    rows: Annotated[list[MandateRow], Meta(min_length=1, max_length=MOST_ROWS)]

"""Customers as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from admin.api.lists import Paging, UpdatedFrom
from admin.api.words import CustomerType

MOST_ROWS = 1000


class Customer(msgspec.Struct, kw_only=True):
    """A customer as it stands: what was brought in, and above it what the customer changed."""

    reference: str
    name: str
    type: str
    email: str
    phone: str
    address1: str
    address2: str
    town: str
    county: str
    postcode: str
    country: str
    edited: Annotated[list[str], Meta(description="Fields that the customer changed.")]
    updated_at: Annotated[datetime, Meta(description="When what was brought in became visible.")]


class CustomerList(msgspec.Struct):
    """A page of customers."""

    data: list[Customer]
    next_cursor: str | None


class CustomersQuery(Paging, kw_only=True):
    """Which customers, and how."""

    sort: Literal["reference", "-reference", "updated"] = "reference"
    type: CustomerType | None = None
    email: str | None = None
    updated_from: UpdatedFrom | None = None


class CustomerFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All that is said of a customer; what is left out is empty."""

    reference: str | None = None
    name: str
    type: Annotated[str, Meta(examples=["business"])] | None = None
    email: str | None = None
    phone: str | None = None
    address1: str | None = None
    address2: str | None = None
    town: str | None = None
    county: str | None = None
    postcode: str | None = None
    country: str | None = None


class CustomerRow(CustomerFields, kw_only=True, forbid_unknown_fields=True):
    """A customer among others."""

    reference: str


class CustomerRows(msgspec.Struct):
    """Customers to add or to change."""

    rows: Annotated[list[CustomerRow], Meta(min_length=1, max_length=MOST_ROWS)]

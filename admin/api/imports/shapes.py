"""Imports of files as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Kind = Literal[
    "customers", "mandates", "invoices", "invoice_lines", "payments", "allocations", "calls", "documents"
]
SCOPES: dict[Kind, str] = {
    "customers": "customers:write",
    "mandates": "payments:write",
    "invoices": "invoices:write",
    "invoice_lines": "invoices:write",
    "payments": "payments:write",
    "allocations": "payments:write",
    "calls": "calls:write",
    "documents": "documents:write",
}
"""What a token needs for a file of each kind."""


class ImportQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the file holds, and how it is taken in."""

    kind: Annotated[
        Kind,
        Meta(description="A CSV, or for documents a ZIP of PDFs. The scope is that of writing such rows."),
    ]
    mode: Annotated[
        Literal["all", "goodRows", "dryRun"],
        Meta(description="All rows or none; those that are good; none, only looking."),
    ] = "all"
    draft: Annotated[bool, Meta(description="Keep it as a draft, until it is published.")] = False
    source: Annotated[str, Meta(description="A saved source, which knows the file's columns and format.")] = (
        ""
    )
    file_name: Annotated[str, Meta(max_length=200, description="As people know the file.")] = "api.csv"


class Job(msgspec.Struct, kw_only=True):
    """An import of a file, as far as it is."""

    id: int
    kind: str
    file_name: str
    mode: Literal["all", "goodRows", "dryRun"]
    draft: bool
    state: Literal["waiting", "running", "checked", "imported", "refused", "failed"]
    phase: str
    done: int
    total: int
    rows_read: int
    rows_added: Annotated[int, Meta(description="New or changed.")]
    rows_unchanged: int
    rows_refused: int
    reason: Annotated[str, Meta(description="Why it was refused or failed.")]
    notices: list[str]
    batch: int | None
    created_at: datetime
    finished_at: datetime | None


class RefusedRow(msgspec.Struct, kw_only=True):
    """A row that was not taken, as a spreadsheet counts."""

    row: int
    reason: str
    cells: Annotated[list[str], Meta(description="As they stood; empty where they were too long to be kept.")]


class RefusedRows(msgspec.Struct):
    """A page of refused rows."""

    header: list[str]
    data: list[RefusedRow]
    next_cursor: str | None

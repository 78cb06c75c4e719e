"""Batches as the API shows them."""

from datetime import datetime
from typing import Literal

import msgspec

from admin.api.lists import Paging

State = Literal["staging", "draft", "published", "withdrawn", "abandoned"]


class Batch(msgspec.Struct, kw_only=True):
    """What one file or one request brought in."""

    id: int
    kind: str
    file_name: str
    state: State
    rows_read: int
    rows_added: int
    rows_unchanged: int
    created_at: datetime
    published_at: datetime | None


class BatchList(msgspec.Struct):
    """A page of batches, the newest first."""

    data: list[Batch]
    next_cursor: str | None


class BatchesQuery(Paging, kw_only=True):
    """Which batches."""

    sort: Literal["-id"] = "-id"
    kind: str | None = None
    state: State | None = None

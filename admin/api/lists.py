"""Lists: what every list is asked, and the page of the store that it means."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from admin.api import cursors
from admin.api.call import Call
from admin.api.problems import FieldFault, ProblemRaised
from admin.api.words import snake
from store.instants import to_ms
from store.listings.order import SINCE, Asked, Order, Page

SETTLED = timedelta(seconds=2)
"""What became visible later than this comes with the next page."""
_WORDS = ("status", "kind", "type", "state")
Instant = Annotated[datetime, Meta(tz=True)]


class Paging(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How long a page is, and where it begins."""

    limit: Annotated[int, Meta(ge=1, le=200, description="Rows of a page.")] = 50
    cursor: Annotated[
        str,
        Meta(max_length=1000, description="`next_cursor` of the page before; the other parameters as there."),
    ] = ""


UpdatedFrom = Annotated[
    datetime,
    Meta(tz=True, description="Only what was published at this instant or later; with `sort=updated`."),
]


def asked(
    call: Call, name: str, query: Paging, orders: Mapping[str, Order], filters: Mapping[str, str]
) -> Asked:
    """What a query asks of a listing; 400 for parameters that do not go together."""
    sort: str = getattr(query, "sort", next(iter(orders)))
    order = orders[sort]
    chosen = {key: getattr(query, key) for key in filters if getattr(query, key) is not None}
    conditions = [order.filters.get(key, filters[key]) for key in chosen]
    since: datetime | None = getattr(query, "updated_from", None)
    if since is not None:
        if sort != "updated":
            words = "goes with sort=updated only"
            raise ProblemRaised(
                "bad-request",
                f"The parameter updated_from {words}.",
                (FieldFault("updated_from", words),),
            )
        conditions.append(SINCE)
        chosen["updated_from"] = since
    after = cursors.decode(name, chosen | {"sort": sort}, query.cursor, order.types)
    values = {key: _stored(key, value) for key, value in chosen.items()}
    return Asked(
        order, query.limit, after, tuple(conditions), values | {"settled": to_ms(call.now - SETTLED)}
    )


def next_cursor(
    name: str, query: Paging, page: Page, filters: Mapping[str, str], orders: Mapping[str, Order]
) -> str | None:
    """Where the list goes on; None: that was all."""
    if page.last is None:
        return None
    chosen = {key: getattr(query, key, None) for key in (*filters, "updated_from")}
    return cursors.encode(name, chosen | {"sort": getattr(query, "sort", next(iter(orders)))}, page.last)


def _stored(name: str, value: object) -> object:
    """A filter's value as the store has it."""
    if name in _WORDS and isinstance(value, str):
        return snake(value)
    if isinstance(value, datetime):
        return to_ms(value)
    return value.isoformat() if isinstance(value, date) else value

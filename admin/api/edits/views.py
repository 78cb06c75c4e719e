"""Edits: every change of a customer's details, in the order in which they were made."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from admin.api import cursors
from admin.api.call import Call
from admin.api.lists import Instant
from admin.api.routes import route
from store import account_edit_log
from store.account_edit_log import Edited


class Edit(msgspec.Struct, kw_only=True):
    """A field of a customer that has another value since then."""

    id: int
    account_reference: str
    field: str
    value: str
    previous: str
    edited_at: datetime
    edited_by: Annotated[str, Meta(description="An e-mail address, or whoever else it was: staff:3.")]


class EditList(msgspec.Struct):
    """Edits, the oldest first. `next_cursor` is there at the end too: keep it, and ask again later."""

    data: list[Edit]
    next_cursor: str
    more: Annotated[bool, Meta(description="Whether to ask again at once.")]


class EditsQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """From where on."""

    limit: Annotated[int, Meta(ge=1, le=200, description="Rows of a page.")] = 50
    cursor: Annotated[str, Meta(max_length=1000, description="`next_cursor` of the last answer.")] = ""
    edited_from: Instant | None = None


@route(
    method="GET",
    path="/edits",
    summary="List what customers changed",
    scope="edits:read",
    query=EditsQuery,
    answers={200: EditList},
)
async def index(call: Call) -> EditList:
    """GET /edits"""
    query = call.query(EditsQuery)
    place = cursors.decode("edits", {}, query.cursor, (int,))
    after = int(place[0]) if place else 0
    found = await call.store.read(
        account_edit_log.page, call.organisation_id, after, query.limit + 1, query.edited_from
    )
    more, found = len(found) > query.limit, found[: query.limit]
    last = found[-1].id if found else after
    return EditList([_shown(each) for each in found], cursors.encode("edits", {}, (last,)), more)


def _shown(edited: Edited) -> Edit:
    return Edit(
        id=edited.id,
        account_reference=edited.account_reference,
        field=edited.change.field,
        value=edited.change.value,
        previous=edited.change.previous,
        edited_at=edited.edited_at,
        edited_by=edited.user or edited.change.actor,
    )

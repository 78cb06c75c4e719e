"""Batches: the list, one, and what may be done with it."""

import sqlite3

from admin.api import lists
from admin.api.batches.shapes import Batch as Shown
from admin.api.batches.shapes import BatchesQuery, BatchList
from admin.api.call import Call
from admin.api.problems import ProblemRaised, not_found
from admin.api.routes import route
from store import audit, batches
from store.audit import Entry
from store.batches import Batch, NotPossible
from store.listings import batches as listing
from store.listings.order import Asked, Page


@route(
    method="GET",
    path="/batches",
    summary="List what was brought in",
    scope="batches:read",
    query=BatchesQuery,
    answers={200: BatchList},
)
async def index(call: Call) -> BatchList:
    """GET /batches"""
    query = call.query(BatchesQuery)
    asked = lists.asked(call, "batches", query, listing.ORDERS, listing.FILTERS)
    page, found = await call.store.read(_page, call.organisation_id, asked)
    following = lists.next_cursor("batches", query, page, listing.FILTERS, listing.ORDERS)
    return BatchList([_shown(batch) for batch in found], following)


@route(method="GET", path="/batches/{id}", summary="Read a batch", scope="batches:read", answers={200: Shown})
async def show(call: Call) -> Shown:
    """GET /batches/{id}"""
    found = await call.store.read(batches.by_id, call.organisation_id, call.id())
    if found is None:
        raise not_found()
    return _shown(found)


@route(
    method="POST",
    path="/batches/{id}/publish",
    summary="Show a draft to customers",
    description="A batch that is published already stays as it is.",
    scope="batches:write",
    answers={200: Shown},
)
async def publish(call: Call) -> Shown:
    """POST /batches/{id}/publish"""
    return _outcome(await call.store.write(_publish, call.organisation_id, call.id(), _deed(call, "publish")))


@route(
    method="POST",
    path="/batches/{id}/withdraw",
    summary="Take a batch back",
    description="What it replaced stands again. Batches of the same kind are withdrawn newest first.",
    scope="batches:write",
    answers={200: Shown},
)
async def withdraw(call: Call) -> Shown:
    """POST /batches/{id}/withdraw"""
    return _outcome(
        await call.store.write(_withdraw, call.organisation_id, call.id(), _deed(call, "withdraw"))
    )


def _page(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> tuple[Page, list[Batch]]:
    page = listing.batches(db, organisation_id, asked)
    found = [batches.by_id(db, organisation_id, row["id"]) for row in page.rows]
    return page, [batch for batch in found if batch]


def _publish(
    db: sqlite3.Connection, organisation_id: int, batch_id: int, entry: Entry
) -> Batch | NotPossible | None:
    before = batches.by_id(db, organisation_id, batch_id)
    if before is None:
        return None
    after = batches.publish(db, organisation_id, batch_id, entry.at)
    if isinstance(after, Batch) and after.state != before.state:
        audit.record(db, entry)
    return after


def _withdraw(
    db: sqlite3.Connection, organisation_id: int, batch_id: int, entry: Entry
) -> Batch | NotPossible | None:
    if batches.by_id(db, organisation_id, batch_id) is None:
        return None
    after = batches.withdraw(db, organisation_id, batch_id)
    if isinstance(after, Batch):
        audit.record(db, entry)
    return after


def _deed(call: Call, what: str) -> Entry:
    return Entry(
        organisation_id=call.organisation_id,
        actor=call.caller.actor,
        action=f"batch.{what}",
        object=f"batch:{call.part('id')}",
        detail={},
        address=call.request.remote or "",
        at=call.now,
    )


def _outcome(found: Batch | NotPossible | None) -> Shown:
    if found is None:
        raise not_found()
    if isinstance(found, NotPossible):
        raise ProblemRaised("not-possible", found.reason[:1].upper() + found.reason[1:] + ".")
    return _shown(found)


def _shown(batch: Batch) -> Shown:
    return Shown(
        id=batch.id,
        kind=batch.kind,
        file_name=batch.file_name,
        state=batch.state,
        rows_read=batch.rows_read,
        rows_added=batch.rows_added,
        rows_unchanged=batch.rows_unchanged,
        created_at=batch.created_at,
        published_at=batch.published_at,
    )

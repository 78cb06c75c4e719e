"""A batch: what it brings, beside the month before; shown to customers, or taken back, and written in the audit."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from admin.deeds import deed
from admin.imports import pictures, words
from admin.imports.places import batch_url, named, number, people, run_page, runs_url
from admin.keys import STORE
from admin.pages import mailings_url
from admin.rights import organisation_of
from portal.forms import fields
from store import attempts, audience, audit, batches, portals, previews
from store.attempts import Attempt
from store.audience import Audience
from store.audit import Entry
from store.batches import Batch, NotPossible
from store.database import Store
from store.portals import Portal
from store.previews import Comparison, Differences, Finding, Total

MOST_CHOSEN = 50
Deed = Literal["published", "withdrawn"]
_ACTIONS: dict[Deed, str] = {"published": "batch.publish", "withdrawn": "batch.withdraw"}


@dataclass(frozen=True, slots=True)
class Preview:
    """All that there is to say of a batch; each part is a read of its own."""

    batch: Batch
    attempt: Attempt | None
    person: str
    portal: Portal | None
    audience: Audience | None
    totals: Sequence[Total]
    comparisons: Sequence[Comparison]
    findings: Sequence[Finding]
    differences: Differences
    cannot_withdraw: NotPossible | None

    @property
    def new(self) -> int:
        """Rows that were not there before."""
        return self.batch.rows_added - self.batch.rows_changed

    @property
    def is_open(self) -> bool:
        return self.batch.state in ("draft", "published")


async def show(request: web.Request) -> web.Response:
    """GET .../imports/{batch}"""
    return await _page(request, await _batch(request))


async def publish(request: web.Request) -> web.Response:
    """POST .../imports/{batch}/publish"""
    return await _do(request, "published")


async def withdraw(request: web.Request) -> web.Response:
    """POST .../imports/{batch}/withdraw"""
    return await _do(request, "withdrawn")


async def publish_chosen(request: web.Request) -> web.Response:
    """POST .../imports: publish the drafts that were ticked, all at one moment or none."""
    organisation = organisation_of(request)
    given = (await fields(request)).getall("batch", [])[:MOST_CHOSEN]
    chosen = [batch_id for text in given if isinstance(text, str) and (batch_id := number(text))]
    if not chosen:
        raise web.HTTPSeeOther(f"{runs_url(organisation)}?none=1")
    entries = [(batch_id, _entry(request, "published", batch_id)) for batch_id in sorted(set(chosen))]
    if not await request.app[STORE].write(_publish_all, entries):
        raise web.HTTPNotFound
    raise web.HTTPSeeOther(f"{runs_url(organisation)}?published={len(entries)}")


async def _do(request: web.Request, what: Deed) -> web.Response:
    organisation, batch = organisation_of(request), await _batch(request)
    done = await request.app[STORE].write(_change, batch.id, what, _entry(request, what, batch.id))
    if isinstance(done, NotPossible):
        return await _page(request, batch, words.sentence(done.reason))
    raise web.HTTPSeeOther(f"{batch_url(organisation, batch.id)}?done={what}")


async def _batch(request: web.Request) -> Batch:
    """The batch that the URL names, if it is the organisation's and its import did not die."""
    batch = await request.app[STORE].read(batches.by_id, organisation_of(request).id, named(request, "batch"))
    if batch is None or batch.state == "abandoned":
        raise web.HTTPNotFound
    return batch


async def _page(request: web.Request, batch: Batch, refused: str = "") -> web.Response:
    organisation = organisation_of(request)
    preview = await _preview(request.app[STORE], batch)
    return run_page(
        request,
        "batch.html",
        status=409 if refused else 200,
        preview=preview,
        batch=batch,
        url=batch_url(organisation, batch.id),
        mail_url=f"{mailings_url(organisation)}/review?run={batch.id}",
        pictures=[(each, pictures.largest(each)) for each in preview.comparisons],
        refused=refused,
        done=request.query.get("done", ""),
    )


async def _preview(store: Store, batch: Batch) -> Preview:
    key = batch.organisation_id, batch.id
    attempt = await store.read(attempts.of_batch, *key)
    actor = attempt.asked.actor if attempt else ""
    return Preview(
        batch=batch,
        attempt=attempt,
        person=(await store.read(people, [actor]))[actor],
        portal=await store.read(portals.find, batch.organisation_id),
        audience=await store.read(audience.of_batch, *key),
        totals=await store.read(previews.totals, *key),
        comparisons=await store.read(previews.comparison, *key),
        findings=await store.read(previews.orphans, *key),
        differences=await store.read(previews.differences, *key, 50),
        cannot_withdraw=await store.read(batches.cannot_withdraw, *key),
    )


def _entry(request: web.Request, what: Deed, batch_id: int) -> Entry:
    return deed(request, organisation_of(request), _ACTIONS[what], f"batch:{batch_id}")


def _change(db: sqlite3.Connection, batch_id: int, what: Deed, entry: Entry) -> Batch | NotPossible:
    assert entry.organisation_id is not None
    before = batches.by_id(db, entry.organisation_id, batch_id)
    if what == "published":
        after = batches.publish(db, entry.organisation_id, batch_id, entry.at)
    else:
        after = batches.withdraw(db, entry.organisation_id, batch_id)
    if isinstance(after, Batch) and before and after.state != before.state:
        audit.record(db, entry)
    return after


def _publish_all(db: sqlite3.Connection, entries: Sequence[tuple[int, Entry]]) -> bool:
    """False, and nothing done, where one of them is no batch of the organisation's that can be published."""
    for batch_id, entry in entries:
        assert entry.organisation_id is not None
        batch = batches.by_id(db, entry.organisation_id, batch_id)
        if batch is None or batch.state not in ("draft", "published"):
            return False
    return all(isinstance(_change(db, batch_id, "published", entry), Batch) for batch_id, entry in entries)

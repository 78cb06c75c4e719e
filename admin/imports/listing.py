"""The list of billing runs: what waits to be published, what is under way, and all there was."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from admin.imports import words
from admin.imports.places import number, people, run_page, runs_url
from admin.keys import STORE
from admin.rights import organisation_of
from portal.links import link
from store import attempts, batch_list, conflicts, import_jobs, uploads
from store.attempts import Attempt
from store.batch_list import A_PAGE, Filter, Line
from store.import_jobs import Job
from store.uploads import Upload

MOST_OPEN = 20
"""So many of the newest imports are looked at for those under way."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the page shows."""

    lines: list[Line]
    drafts: int
    under_way: list[tuple[Attempt, Job | None]]
    files: list[Upload]
    conflicts: int
    people: Mapping[str, str]
    older: bool


async def index(request: web.Request) -> web.Response:
    """GET .../imports"""
    organisation, chosen = organisation_of(request), _filter(request.query)
    before = number(request.query.get("before", ""))
    listing = await request.app[STORE].read(_listing, organisation.id, chosen, before)
    url = runs_url(organisation)
    narrowed = {"kind": chosen.kind, "state": chosen.state}
    return run_page(
        request,
        "index.html",
        listing=listing,
        chosen=chosen,
        narrowed=chosen != Filter(),
        done=_done(request.query),
        first_url=link(url, **narrowed) if before else None,
        older_url=link(url, **narrowed, before=listing.lines[-1].batch.id) if listing.older else None,
    )


def _filter(query: Mapping[str, str]) -> Filter:
    kind, state = query.get("kind", ""), query.get("state", "")
    return Filter(kind if kind in words.KINDS else "", state if state in batch_list.SHOWN else "")


def _done(query: Mapping[str, str]) -> str:
    published = number(query.get("published", ""))
    if published:
        return f"Published: {words.several(published, 'batch', 'batches')}. Customers see it from now on."
    if "removed" in query:
        return "The file was removed."
    return "Choose what you want to publish first." if "none" in query else ""


def _listing(db: sqlite3.Connection, organisation_id: int, chosen: Filter, before: int | None) -> Listing:
    lines = batch_list.page(db, organisation_id, chosen, before, A_PAGE + 1)
    newest = [each for each in attempts.page(db, organisation_id, limit=MOST_OPEN) if not each.is_over]
    jobs = import_jobs.of_attempts(db, organisation_id, (each.id for each in newest))
    files = [] if before else uploads.here(db, organisation_id)
    actors = [*(line.actor for line in lines), *(file.actor for file in files)]
    return Listing(
        lines=lines[:A_PAGE],
        drafts=batch_list.drafts(db, organisation_id),
        under_way=[(each, jobs.get(each.id)) for each in newest],
        files=[file for file in files if not import_jobs.is_in_use(db, organisation_id, file.id)],
        conflicts=conflicts.count(db, organisation_id),
        people=people(db, actors),
        older=len(lines) > A_PAGE,
    )

"""The mailings of an organisation: the list, one with what became of each mail, stopping, mailing again."""

import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, FACTS, STORE
from admin.mailings import words
from admin.mailings.asking import ask_again
from admin.mailings.narrowing import number
from admin.pages import mail_url, mailings_url, page
from admin.rights import organisation_of
from portal.links import link
from store import audit, batches, mailing_results, mailings
from store.audit import Entry
from store.batches import Batch
from store.mailing_results import AGAIN, Outcome, Result
from store.mailings import Mailing

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A mailing in the list."""

    mailing: Mailing
    batch: Batch | None
    counts: dict[Outcome, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A mailing with one page of its mails."""

    row: Row
    results: list[Result]
    has_more: bool


async def index(request: web.Request) -> web.Response:
    """GET .../mailings"""
    organisation, before = organisation_of(request), number(request.query.get("before", ""))
    rows = await request.app[STORE].read(_rows, organisation.id, before)
    url = mailings_url(organisation)
    return page(
        request,
        "mailings/index.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=url,
        rows=rows[:PAGE],
        words=words,
        outcomes=words.OUTCOMES,
        first_url=url if before else None,
        older_url=link(url, before=rows[PAGE - 1].mailing.id) if len(rows) > PAGE else None,
    )


async def show(request: web.Request) -> web.Response:
    """GET .../mailings/{mailing}"""
    organisation, query = organisation_of(request), request.query
    outcome = Outcome(query["show"]) if query.get("show") in set(Outcome) else None
    after = number(query.get("after", "")) or 0
    shown = await request.app[STORE].read(_shown, organisation.id, _id(request), outcome, after)
    if shown is None:
        raise web.HTTPNotFound
    url = f"{mailings_url(organisation)}/{_id(request)}"
    chosen = "" if outcome is None else outcome.value
    goes_out, counts = request.app[FACTS].mail_goes_out, shown.row.counts
    return page(
        request,
        "mailings/show.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        mailings_url=mailings_url(organisation),
        mail_url=mail_url(organisation),
        url=url,
        shown=shown,
        mailing=shown.row.mailing,
        words=words,
        counts=counts,
        busy=shown.row.mailing.is_open and shown.row.mailing.starts_at <= request.app[CLOCK](),
        place=_place(shown.row),
        sentence=words.sentence(
            shown.row.mailing, counts, goes_out=goes_out, suspended=organisation.suspended
        ),
        may_again=shown.row.mailing.kind is mailings.Kind.INVOICES
        and any(counts[one] for one in AGAIN)
        and not shown.row.mailing.is_open,
        chosen=chosen,
        after=after,
        first_url=link(url, show=chosen) if after else None,
        older_url=link(url, show=chosen, after=shown.results[-1].item_id) if shown.has_more else None,
    )


async def status(request: web.Request) -> web.Response:
    """GET .../mailings/{mailing}/status: where it stands, for the page's script."""
    shown = await request.app[STORE].read(_shown, organisation_of(request).id, _id(request), None, 0)
    if shown is None:
        raise web.HTTPNotFound
    step, phase, done, slow = _place(shown.row).split()
    return web.json_response({"step": step, "phase": phase, "done": done, "slow": slow == "True"})


async def stop(request: web.Request) -> web.Response:
    """POST .../mailings/{mailing}/stop"""
    organisation, mailing_id = organisation_of(request), _id(request)
    entry = deed(request, organisation, "mailing.stopped", f"mailing:{mailing_id}")
    if not await request.app[STORE].write(_stop, organisation.id, mailing_id, entry):
        raise web.HTTPNotFound
    raise web.HTTPSeeOther(f"{mailings_url(organisation)}/{mailing_id}")


async def again(request: web.Request) -> web.Response:
    """POST .../mailings/{mailing}/again: a new mailing to those who did not get theirs; this one: nobody is left."""
    organisation, mailing_id = organisation_of(request), _id(request)
    if await request.app[STORE].read(mailings.find, organisation.id, mailing_id) is None:
        raise web.HTTPNotFound
    made = await ask_again(request, mailing_id)
    raise web.HTTPSeeOther(f"{mailings_url(organisation)}/{made or mailing_id}")


def _id(request: web.Request) -> int:
    return int(request.match_info["mailing"])


def _place(row: Row) -> str:
    """Where it stands, in the four words that the page's script compares."""
    counts = "-".join(str(row.counts[outcome]) for outcome in Outcome)
    return f"{row.mailing.state} {counts} {row.mailing.place} False"


def _rows(db: sqlite3.Connection, organisation_id: int, before: int | None) -> list[Row]:
    found = mailings.page(db, organisation_id, before, PAGE + 1)
    return [_row(db, organisation_id, mailing) for mailing in found]


def _row(db: sqlite3.Connection, organisation_id: int, mailing: Mailing) -> Row:
    batch = batches.by_id(db, organisation_id, mailing.batch_id) if mailing.batch_id else None
    return Row(mailing, batch, mailing_results.counts(db, organisation_id, mailing.id))


def _shown(
    db: sqlite3.Connection, organisation_id: int, mailing_id: int, outcome: Outcome | None, after: int
) -> Shown | None:
    mailing = mailings.find(db, organisation_id, mailing_id)
    if mailing is None:
        return None
    found = mailing_results.page(db, organisation_id, mailing_id, outcome, after=after, limit=PAGE + 1)
    return Shown(_row(db, organisation_id, mailing), found[:PAGE], len(found) > PAGE)


def _stop(db: sqlite3.Connection, organisation_id: int, mailing_id: int, entry: Entry) -> bool:
    if mailings.find(db, organisation_id, mailing_id) is None:
        return False
    if mailings.stop(db, organisation_id, mailing_id, entry.at):
        audit.record(db, entry)
    return True

"""One import: how far it is, what came of it, the rows it refused; cancelled, or made again otherwise."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from admin.deeds import deed
from admin.imports import words
from admin.imports.asking import ask
from admin.imports.csv_answer import csv_answer
from admin.imports.places import attempt_url, named, number, people, run_page, runs_url
from admin.keys import STORE
from admin.rights import organisation_of
from portal.forms import fields
from portal.links import link
from store import attempts, audit, import_jobs, refused_rows, uploads
from store.attempts import Attempt, Mode
from store.audit import Entry
from store.import_jobs import Job
from store.refused_rows import RefusedRow
from store.uploads import Upload

SHOWN = 50
A_PAGE = 50
BOM = "\ufeff"
_MODES: Mapping[str, Mode] = {"check": "dry_run", "all": "all", "good_rows": "good_rows"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An attempt, its job and its file, and the first rows that it refused."""

    attempt: Attempt
    job: Job | None
    upload: Upload | None
    refused: list[RefusedRow]
    person: str

    @property
    def state(self) -> words.State:
        return words.of_attempt(self.attempt, self.job)

    @property
    def can_repeat(self) -> bool:
        """Whether its file is still here and no import of it waits or runs."""
        return bool(self.attempt.is_over and self.upload and self.upload.here)


@dataclass(frozen=True, slots=True)
class Log:
    """A page of attempts."""

    lines: list[tuple[Attempt, words.State]]
    people: Mapping[str, str]
    older: bool


async def index(request: web.Request) -> web.Response:
    """GET .../imports/attempts: everything that was tried, also what was refused or failed."""
    organisation = organisation_of(request)
    before = number(request.query.get("before", ""))
    log = await request.app[STORE].read(_log, organisation.id, before)
    url = f"{runs_url(organisation)}/attempts"
    older_url = link(url, before=log.lines[-1][0].id) if log.older else None
    return run_page(request, "attempts.html", log=log, first_url=url if before else None, older_url=older_url)


async def show(request: web.Request) -> web.Response:
    """GET .../imports/attempts/{attempt}"""
    shown = await _shown(request)
    url = attempt_url(organisation_of(request), shown.attempt.id)
    return run_page(request, "attempt.html", shown=shown, url=url)


async def status(request: web.Request) -> web.Response:
    """GET .../status: for the page's script."""
    shown = await _shown(request)
    attempt = shown.attempt
    return web.json_response(
        {
            "state": shown.state.word,
            "phase": words.PHASES.get(attempt.phase, ""),
            "done": attempt.done,
            "total": attempt.total,
            "over": attempt.is_over,
        }
    )


async def refused(request: web.Request) -> web.StreamResponse:
    """GET .../refused.csv: the refused rows in the file's own columns, with the reason."""
    shown = await _shown(request)
    attempt, store = shown.attempt, request.app[STORE]
    after = 0

    async def page() -> str:
        nonlocal after
        rows = await store.read(refused_rows.page, attempt.organisation_id, attempt.id, after)
        after = rows[-1].row if rows else after
        lines = (replace(row, reason=words.in_the_console(row.reason)) for row in rows)
        return "".join(refused_rows.csv_line(attempt.header, row, attempt.delimiter) for row in lines)

    head = BOM + refused_rows.csv_header(attempt.header, attempt.delimiter)
    return await csv_answer(request, f"refused-{attempt.id}.csv", head, page)


async def cancel(request: web.Request) -> web.Response:
    """POST .../cancel"""
    organisation, attempt_id = organisation_of(request), named(request, "attempt")
    if await request.app[STORE].read(attempts.find, organisation.id, attempt_id) is None:
        raise web.HTTPNotFound
    entry = deed(request, organisation, "import.cancelled", f"attempt:{attempt_id}")
    await request.app[STORE].write(_cancel, attempt_id, entry)
    raise web.HTTPSeeOther(attempt_url(organisation, attempt_id))


async def again(request: web.Request) -> web.Response:
    """POST .../again: the same file with the same columns, checked or imported."""
    shown, given = await _shown(request), await fields(request)
    mode = _MODES.get(str(given.get("mode", "")))
    if mode is None:
        raise web.HTTPBadRequest
    organisation = organisation_of(request)
    if not shown.can_repeat or shown.upload is None:
        raise web.HTTPSeeOther(attempt_url(organisation, shown.attempt.id))
    asked = await ask(request, shown.upload, mode, shown.attempt.asked.source_name)
    assert isinstance(asked, int)
    raise web.HTTPSeeOther(attempt_url(organisation, asked))


async def _shown(request: web.Request) -> Shown:
    shown = await request.app[STORE].read(_find, organisation_of(request).id, named(request, "attempt"))
    if shown is None:
        raise web.HTTPNotFound
    return shown


def _find(db: sqlite3.Connection, organisation_id: int, attempt_id: int) -> Shown | None:
    attempt = attempts.find(db, organisation_id, attempt_id)
    if attempt is None:
        return None
    job = import_jobs.find(db, organisation_id, attempt_id)
    upload = uploads.find(db, organisation_id, job.upload_id) if job else None
    rows = refused_rows.page(db, organisation_id, attempt_id, limit=SHOWN) if attempt.is_over else []
    actor = attempt.asked.actor
    return Shown(attempt, job, upload, rows, people(db, [actor])[actor])


def _log(db: sqlite3.Connection, organisation_id: int, before: int | None) -> Log:
    found = attempts.page(db, organisation_id, before, A_PAGE + 1)
    jobs = import_jobs.of_attempts(db, organisation_id, (each.id for each in found))
    lines = [(each, words.of_attempt(each, jobs.get(each.id))) for each in found[:A_PAGE]]
    return Log(lines, people(db, (each.asked.actor for each in found)), len(found) > A_PAGE)


def _cancel(db: sqlite3.Connection, attempt_id: int, entry: Entry) -> None:
    assert entry.organisation_id is not None
    job = import_jobs.cancel(db, entry.organisation_id, attempt_id, entry.actor, entry.at)
    if job and not job.cancelled_by:
        audit.record(db, entry)

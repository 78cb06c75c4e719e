"""Imports: send a file, ask how its import goes, read what was refused."""

import sqlite3
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from admin.api import access, bodies, cursors
from admin.api.call import Call
from admin.api.imports.receiving import received
from admin.api.imports.shapes import SCOPES, ImportQuery, Job, RefusedRow, RefusedRows
from admin.api.once import once
from admin.api.problems import FieldFault, ProblemRaised, not_found
from admin.api.routes import ANY, Body, route
from admin.api.serving import json_response
from admin.api.words import camel, snake
from store import attempts, audit, import_jobs, refused_rows, sources
from store.attempts import Asked, Attempt
from store.audit import Entry

ACCEPTED = 202


@route(
    method="POST",
    path="/imports",
    summary="Import a file",
    description="For what is too large to be sent as rows. The file is taken in by a process of its own; the job"
    " that is answered tells how far it is.",
    scope=ANY,
    query=ImportQuery,
    body=Body(content_type=bodies.CSV, more_types=(bodies.ZIP,), streams=True),
    answers={ACCEPTED: Job},
)
async def add(call: Call) -> web.StreamResponse:
    """POST /imports?kind="""
    query = call.query(ImportQuery)
    access.require(call.caller, SCOPES[query.kind])
    bodies.check_type(call.request, (bodies.ZIP if query.kind == "documents" else bodies.CSV,))
    if query.source and not await call.store.read(
        sources.by_name, call.organisation_id, query.kind, query.source
    ):
        words = "is no saved source of this kind"
        raise ProblemRaised("refused", f"The source {words}.", (FieldFault("source", words),))
    asked = Asked(
        kind=query.kind,
        file_name=query.file_name,
        actor=call.caller.actor,
        source_name=query.source,
        mode=snake(query.mode),  # type: ignore[arg-type]
        draft=query.draft,
    )
    async with received(call, query.kind, query.file_name) as file:

        async def work() -> web.StreamResponse:
            attempt = await call.store.write(
                _ask, call.organisation_id, asked, file.upload_id, _deed(call, asked)
            )
            file.kept = True
            return json_response(_shown(attempt), ACCEPTED)

        return await once(Call(call.request, file.digest), work)


@route(
    method="GET",
    path="/jobs/{id}",
    summary="Read how an import goes",
    scope="batches:read",
    answers={200: Job},
)
async def show(call: Call) -> Job:
    """GET /jobs/{id}"""
    return _shown(await _attempt(call))


class RefusedQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """From where on."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, Meta(max_length=1000)] = ""


@route(
    method="GET",
    path="/jobs/{id}/refused-rows",
    summary="List the rows that an import refused",
    scope="batches:read",
    query=RefusedQuery,
    answers={200: RefusedRows},
)
async def refused(call: Call) -> RefusedRows:
    """GET /jobs/{id}/refused-rows"""
    attempt, query = await _attempt(call), call.query(RefusedQuery)
    chosen = {"job": attempt.id}
    place = cursors.decode("refused-rows", chosen, query.cursor, (int,))
    after = int(place[0]) if place else 0
    found = await call.store.read(refused_rows.page, call.organisation_id, attempt.id, after, query.limit + 1)
    more, found = len(found) > query.limit, found[: query.limit]
    data = [RefusedRow(row=each.row, reason=each.reason, cells=list(each.cells)) for each in found]
    following = cursors.encode("refused-rows", chosen, (found[-1].row,)) if more else None
    return RefusedRows(list(attempt.header), data, following)


async def _attempt(call: Call) -> Attempt:
    found = await call.store.read(attempts.find, call.organisation_id, call.id())
    if found is None:
        raise not_found()
    return found


def _ask(db: sqlite3.Connection, organisation_id: int, asked: Asked, upload_id: int, entry: Entry) -> Attempt:
    attempt_id = attempts.create(db, organisation_id, asked, entry.at)
    import_jobs.ask(db, organisation_id, attempt_id, upload_id, entry.at)
    audit.record(db, entry)
    found = attempts.find(db, organisation_id, attempt_id)
    assert found is not None
    return found


def _deed(call: Call, asked: Asked) -> Entry:
    return Entry(
        organisation_id=call.organisation_id,
        actor=call.caller.actor,
        action="import.asked",
        object=f"file:{asked.file_name}",
        detail={"kind": asked.kind, "mode": asked.mode},
        address=call.request.remote or "",
        at=call.now,
    )


def _shown(attempt: Attempt) -> Job:
    asked, outcome = attempt.asked, attempt.outcome
    return Job(
        id=attempt.id,
        kind=asked.kind,
        file_name=asked.file_name,
        mode=camel(asked.mode),
        draft=asked.draft,
        state=outcome.state,
        phase=attempt.phase,
        done=attempt.done,
        total=attempt.total,
        rows_read=outcome.rows_read,
        rows_added=outcome.rows_added,
        rows_unchanged=outcome.rows_unchanged,
        rows_refused=outcome.rows_refused,
        reason=outcome.reason,
        notices=list(outcome.notices),
        batch=outcome.batch_id,
        created_at=attempt.created_at,
        finished_at=attempt.finished_at,
    )

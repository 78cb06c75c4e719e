"""Asking: an import that a child process shall make, written down and audited in one transaction."""

import sqlite3
from dataclasses import replace

from aiohttp import web

from admin.deeds import deed
from admin.keys import STORE, VISITOR
from admin.rights import organisation_of
from store import attempts, audit, import_jobs, sources
from store.attempts import Asked, Mode
from store.audit import Entry
from store.sources import BadName, Draft
from store.uploads import Upload


async def ask(request: web.Request, upload: Upload, mode: Mode, source: Draft | str = "") -> int | BadName:
    """Queue an import of a file as a draft, with a source to save first or the name of a saved one; its attempt."""
    organisation = organisation_of(request)
    name = source if isinstance(source, str) else source.name
    actor = f"staff:{request[VISITOR].member.id}"
    asked = Asked(upload.kind, upload.file_name, actor, name, mode, draft=True)
    entry = deed(
        request,
        organisation,
        "import.asked",
        f"file:{upload.id}",
        kind=upload.kind,
        file=upload.file_name,
        mode=mode,
    )
    return await request.app[STORE].write(
        _ask, upload, asked, source if isinstance(source, Draft) else None, entry
    )


def _ask(
    db: sqlite3.Connection, upload: Upload, asked: Asked, draft: Draft | None, entry: Entry
) -> int | BadName:
    organisation_id = upload.organisation_id
    if draft:
        saved = sources.save(db, organisation_id, draft, entry.at)
        if isinstance(saved, BadName):
            return saved
    attempt_id = attempts.create(db, organisation_id, asked, entry.at)
    import_jobs.ask(db, organisation_id, attempt_id, upload.id, entry.at)
    audit.record(db, replace(entry, object=f"attempt:{attempt_id}"))
    return attempt_id

"""The columns of an uploaded file: its first rows, which of its columns is which of ours, and then the go-ahead."""

import asyncio
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from admin.deeds import deed
from admin.imports import guess
from admin.imports.asking import ask
from admin.imports.column_form import ColumnForm, fits, of_source, typed
from admin.imports.places import attempt_url, file_url, named, number, run_page, runs_url
from admin.imports.receiving import DOCUMENTS
from admin.imports.words import sentence
from admin.keys import STORE
from admin.rights import organisation_of
from portal.forms import fields
from store import audit, import_jobs, sources, uploads
from store.attempts import Mode
from store.audit import Entry
from store.importing import sample
from store.importing.proposal import propose
from store.importing.sample import Sample
from store.importing.source import STRICT, Encoding, SourceFormat
from store.importing.template import columns
from store.importing.text_file import NotText
from store.sources import BadName, Draft, Source
from store.upload_folder import UploadFolder
from store.uploads import Upload

HEAD_BYTES = 256 * 1024
"""So much of a file is looked at for its encoding."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An uploaded file with the sources that are saved for its kind."""

    upload: Upload
    path: Path
    sources: list[Source]


async def show(request: web.Request) -> web.Response:
    """GET .../imports/files/{file}: filled in by a saved source that fits, else by what looks right."""
    sheet = await _sheet(request)
    if sheet.upload.kind == DOCUMENTS:
        return _page(request, sheet, None, ColumnForm())
    chosen = number(request.query.get("source", ""))
    source = next((each for each in sheet.sources if each.id == chosen), None)
    seen, form = await asyncio.to_thread(_filled, sheet, source)
    return _page(request, sheet, seen, form)


async def act(request: web.Request) -> web.Response:
    """POST .../imports/files/{file}: look again, check, or import."""
    sheet, given = await _sheet(request), await fields(request)
    do = str(given.get("do", ""))

    def value(name: str) -> str:
        text = given.get(name, "")
        return text if isinstance(text, str) else ""

    if sheet.upload.kind == DOCUMENTS:
        form = typed(value, DOCUMENTS, ())
        return await _ask(request, sheet, form, _mode(do, form), "")
    first = typed(value, sheet.upload.kind, ())
    seen = await asyncio.to_thread(_look, sheet.path, first.format)
    if isinstance(seen, NotText):
        return _page(request, sheet, seen, first, status=422)
    form = typed(value, sheet.upload.kind, seen.header)
    if do not in ("check", "import"):
        return _page(request, sheet, seen, replace(form, faults={}))
    if form.faults:
        return _page(request, sheet, seen, form, status=422)
    draft = Draft(sheet.upload.kind, form.name, form.mapping(seen.header), form.format)
    return await _ask(request, sheet, form, _mode(do, form), draft if form.name else "", seen)


async def remove(request: web.Request) -> web.Response:
    """POST .../imports/files/{file}/remove"""
    organisation, sheet = organisation_of(request), await _sheet(request)
    store = request.app[STORE]
    entry = deed(
        request, organisation, "import.file_removed", f"file:{sheet.upload.id}", file=sheet.upload.file_name
    )
    if await store.write(_remove, sheet.upload, entry):
        await asyncio.to_thread(UploadFolder(store.path).remove, sheet.upload.stored_name)
        raise web.HTTPSeeOther(f"{runs_url(organisation)}?removed=1")
    raise web.HTTPSeeOther(file_url(organisation, sheet.upload.id))


async def _ask(
    request: web.Request,
    sheet: Sheet,
    form: ColumnForm,
    mode: Mode,
    source: Draft | str,
    seen: Sample | None = None,
) -> web.Response:
    asked = await ask(request, sheet.upload, mode, source)
    if isinstance(asked, BadName):
        return _page(request, sheet, seen, replace(form, faults={"name": sentence(asked.reason)}), status=422)
    raise web.HTTPSeeOther(attempt_url(organisation_of(request), asked))


def _mode(do: str, form: ColumnForm) -> Mode:
    if do == "check":
        return "dry_run"
    return "good_rows" if form.good_rows else "all"


async def _sheet(request: web.Request) -> Sheet:
    """The file that the URL names, if it is the organisation's and still here."""
    store = request.app[STORE]
    upload = await store.read(uploads.find, organisation_of(request).id, named(request, "file"))
    if upload is None or not upload.here:
        raise web.HTTPNotFound
    path = await asyncio.to_thread(UploadFolder(store.path).file, upload.stored_name)
    if path is None:
        raise web.HTTPNotFound
    known = await store.read(sources.of_organisation, upload.organisation_id, upload.kind)
    return Sheet(upload, path, sorted(known, key=lambda each: each.updated_at, reverse=True))


def _filled(sheet: Sheet, chosen: Source | None) -> tuple[Sample | NotText, ColumnForm]:
    """The first rows, and the form: of the source that was chosen, of one that fits, or proposed."""
    kind = sheet.upload.kind
    for source in [chosen] if chosen else sheet.sources:
        form, seen = of_source(source), _look(sheet.path, source.format)
        if chosen or (isinstance(seen, Sample) and fits(form, kind, seen.header)):
            return seen, form
    seen = _look(sheet.path, replace(STRICT, encoding=_encoding(sheet.path)))
    if isinstance(seen, NotText):
        return seen, ColumnForm()
    written = guess.written(seen, replace(STRICT, encoding=_encoding(sheet.path)))
    return seen, ColumnForm(format=written, columns=propose(kind, seen.header).mapping.columns)


def _look(path: Path, written: SourceFormat) -> Sample | NotText:
    """The first rows; bytes that are no text in this encoding become marks that say so."""
    seen = sample.look(path, written)
    if isinstance(seen, NotText):
        return seen
    return Sample(_shown(seen.header), tuple(_shown(row) for row in seen.rows), seen.delimiter)


def _shown(cells: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for cell in cells)


def _encoding(path: Path) -> Encoding:
    with path.open("rb") as binary:
        return guess.encoding(binary.read(HEAD_BYTES))


def _remove(db: sqlite3.Connection, upload: Upload, entry: Entry) -> bool:
    """Forget a file that no import needs."""
    if import_jobs.is_in_use(db, upload.organisation_id, upload.id):
        return False
    uploads.mark_removed(db, upload.organisation_id, upload.id, entry.at)
    audit.record(db, entry)
    return True


def _page(
    request: web.Request,
    sheet: Sheet,
    seen: Sample | NotText | None,
    form: ColumnForm,
    status: int = 200,
) -> web.Response:
    organisation, kind = organisation_of(request), sheet.upload.kind
    zones = [organisation.time_zone, "Europe/London", "UTC"]
    if form.format.zone:
        zones.append(form.format.zone.key)
    return run_page(
        request,
        "file.html",
        status=status,
        upload=sheet.upload,
        url=file_url(organisation, sheet.upload.id),
        sources=sheet.sources,
        seen=seen if isinstance(seen, Sample) else None,
        fault=sentence(str(seen)) if isinstance(seen, NotText) else "",
        form=form,
        columns=columns(kind) if kind != DOCUMENTS else [],
        zones=sorted(set(zones)),
    )

"""The activity as a file, of any length, a part at a time: CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import web

from admin.audit import narrowing, reading
from admin.audit.narrowing import Narrowing
from admin.audit.reading import Line
from admin.audit.views import zone_of
from admin.keys import STORE, VISITOR
from store.sheets import harmless

ROWS = 500
COLUMNS = ("at", "who", "what", "from_address", "actor", "action", "object", "detail")


async def as_csv(request: web.Request) -> web.StreamResponse:
    """GET .../activity.csv: no cell is a formula to a spreadsheet."""
    response = await _begun(request, "csv", "text/csv")
    await response.write(b"\xef\xbb\xbf" + _csv([COLUMNS]))
    async for lines in _parts(request):
        await response.write(_csv([_cells(line) for line in lines]))
    await response.write_eof()
    return response


async def as_json(request: web.Request) -> web.StreamResponse:
    """GET .../activity.json: one array."""
    response = await _begun(request, "json", "application/json")
    divider = b"[\n"
    async for lines in _parts(request):
        for line in lines:
            await response.write(divider + json.dumps(_record(line), ensure_ascii=False).encode())
            divider = b",\n"
    await response.write((b"[" if divider == b"[\n" else b"\n") + b"]\n")
    await response.write_eof()
    return response


async def _begun(request: web.Request, ending: str, content_type: str) -> web.StreamResponse:
    organisation = request[VISITOR].organisation
    if narrowing.parse(request.query).faults:
        raise web.HTTPBadRequest
    name = f"activity-{organisation.slug if organisation else 'provider'}.{ending}"
    response = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
    response.content_type, response.charset = content_type, "utf-8"
    await response.prepare(request)
    return response


async def _parts(request: web.Request) -> AsyncIterator[list[Line]]:
    organisation = request[VISITOR].organisation
    chosen: Narrowing | None = replace(narrowing.parse(request.query), after=None)
    while chosen:
        found = await request.app[STORE].read(
            reading.part, organisation.id if organisation else None, chosen, zone_of(organisation), ROWS
        )
        if found.lines:
            yield found.lines
        chosen = replace(chosen, after=found.then) if found.then else None


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _cells(line: Line) -> tuple[str, ...]:
    detail = "; ".join(f"{key}: {value}" for key, value in line.kept.entry.detail.items())
    return (*_texts(line).values(), detail)


def _record(line: Line) -> dict[str, object]:
    return {**_texts(line), "detail": dict(line.kept.entry.detail)}


def _texts(line: Line) -> dict[str, str]:
    entry = line.kept.entry
    return {
        "at": entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "who": line.who,
        "what": line.said.text,
        "from_address": entry.address,
        "actor": entry.actor,
        "action": entry.action,
        "object": entry.object,
    }

"""Edits: what customers changed themselves, as a CSV for whoever keeps the source."""

import csv
import io

from aiohttp import web

from admin.deeds import deed
from admin.imports.csv_answer import csv_answer
from admin.keys import STORE
from admin.rights import organisation_of
from store import account_edit_log, audit
from store.account_edit_log import COLUMNS
from store.refused_rows import safe_cell

BOM = "\ufeff"


async def download(request: web.Request) -> web.StreamResponse:
    """GET .../imports/edits.csv"""
    organisation, store = organisation_of(request), request.app[STORE]
    entry = deed(request, organisation, "details.edits_exported", organisation.slug)
    await store.write(audit.record, entry)
    after = 0

    async def page() -> str:
        nonlocal after
        found = await store.read(account_edit_log.page, organisation.id, after)
        after = found[-1].id if found else after
        return "".join(_line([safe_cell(cell) for cell in edited.cells()]) for edited in found)

    return await csv_answer(request, f"edits-{organisation.slug}.csv", BOM + _line(COLUMNS), page)


def _line(cells: "tuple[str, ...] | list[str]") -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()

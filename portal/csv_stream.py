"""CSV stream: a table of any length as a download, a page at a time, so that little of it is ever in memory.

    await csv_response(request, "calls.csv", ("Date", "From"), pages)

where `pages` is an async iterator of lists of rows. Cells are text; what a spreadsheet would take for a formula is led
by an apostrophe (OWASP, CSV injection), while numbers below zero and telephone numbers stay as they are.
"""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from store.sheets import harmless

Row = Sequence[str]
Pages = AsyncIterator[Sequence[Row]]
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""So that Excel reads UTF-8."""
TURN = web.AppKey("csv_turn", asyncio.Lock)
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?|\+[0-9 ]{6,20}", re.ASCII)


def install(app: web.Application) -> None:
    """Give an application the turn of its downloads."""
    app[TURN] = asyncio.Lock()


async def csv_response(request: web.Request, file_name: str, header: Row, pages: Pages) -> web.StreamResponse:
    """Send the header and then every page; reading stops when the client is gone. `file_name` is ours, in ASCII.

    Pages are made one at a time for all downloads of a process, and others have their turn between two of them: however
    many are under way, a page of somebody else waits for one.
    """
    turn = request.config_dict[TURN]
    response = web.StreamResponse(
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Cache-Control": "private, no-store",
        }
    )
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    if request.method != "HEAD":
        await response.write((BOM + csv_text([header])).encode())
        while some := await _next(pages, turn):
            await response.write(some)
            await asyncio.sleep(0)
    await response.write_eof()
    return response


async def _next(pages: Pages, turn: asyncio.Lock) -> bytes | None:
    """The next page that has rows; None: that was all."""
    async with turn:
        async for rows in pages:
            if rows:
                return csv_text(rows).encode("utf-8", "replace")
    return None


def csv_text(rows: Sequence[Row]) -> str:
    """Rows as CSV (RFC 4180), no cell of them a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def cell(text: str) -> str:
    """A cell as a spreadsheet may have it."""
    safe = harmless(text)
    return text if safe is text or _NUMBER.fullmatch(text) else safe

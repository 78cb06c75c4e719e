"""A CSV as a download, page by page: however long it is, little of it is in memory."""

from collections.abc import Awaitable, Callable

from aiohttp import web


async def csv_answer(
    request: web.Request, name: str, head: str, page: Callable[[], Awaitable[str]]
) -> web.StreamResponse:
    """Send `head`, then whatever `page` gives until it gives nothing."""
    response = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
    response.content_type = "text/csv"
    response.charset = "utf-8"
    await response.prepare(request)
    if request.method != "HEAD":
        await response.write(head.encode("utf-8", "replace"))
        while text := await page():
            await response.write(text.encode("utf-8", "replace"))
    await response.write_eof()
    return response

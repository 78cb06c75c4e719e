"""Sending a file: what it holds, the file itself, and templates to begin from."""

from aiohttp import web

from admin.imports import words
from admin.imports.places import file_url, run_page
from admin.imports.receiving import NotTaken, receive
from admin.rights import organisation_of
from store.importing.kinds import KINDS
from store.importing.template import columns
from store.importing.template import template as template_of
from store.upload_folder import LARGEST_BYTES


async def show(request: web.Request) -> web.Response:
    """GET .../imports/new"""
    chosen = request.query.get("kind", "")
    return _page(request, chosen if chosen in words.KINDS else "")


async def send(request: web.Request) -> web.Response:
    """POST .../imports/files: the form's token is the first thing that is looked at."""
    received = await receive(request)
    if isinstance(received, NotTaken):
        return _page(request, received.kind, received)
    raise web.HTTPSeeOther(file_url(organisation_of(request), received))


async def template(request: web.Request) -> web.Response:
    """GET .../imports/templates/{kind}.csv"""
    kind = request.match_info["kind"]
    if kind not in KINDS:
        raise web.HTTPNotFound
    return web.Response(
        text=template_of(kind),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'},
    )


def _page(request: web.Request, chosen: str, refused: NotTaken | None = None) -> web.Response:
    return run_page(
        request,
        "new.html",
        status=refused.status if refused else 200,
        chosen=chosen,
        refused=refused,
        largest=LARGEST_BYTES,
        columns={kind: columns(kind) for kind in KINDS},
    )

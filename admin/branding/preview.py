"""Preview: the portal's own pages as the draft would have them, in frames, for staff alone."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from admin.branding.places import branding_url
from admin.keys import STORE
from admin.pages import page
from admin.rights import organisation_of
from portal.brand import forced
from portal.brand.forced import Theme
from portal.brand.show_house import AN_INVOICE, SHOW_HOUSE, Seen
from portal.headers import CONTENT_SECURITY_POLICY
from store import brand, brand_drafts
from store.brand import Dressing
from store.brand_drafts import Draft

WIDTHS = ("phone", "desktop")
FRAMING = CONTENT_SECURITY_POLICY + "; frame-src 'self'"
FRAMED = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'").replace(
    "script-src 'self'", "script-src 'none'"
)


@dataclass(frozen=True, slots=True)
class Sight:
    """A page that can be looked at; `switch`: the setting that it is there by."""

    name: str
    label: str
    path: str
    switch: str = ""


SIGHTS = (
    Sight("home", "Home", "/"),
    Sight("invoices", "Invoices", "/invoices", "show_invoices"),
    Sight("invoice", "An invoice", AN_INVOICE, "show_invoices"),
    Sight("calls", "Calls", "/calls", "show_calls"),
    Sight("sign-in", "Sign-in", "/sign-in"),
)


async def show(request: web.Request) -> web.Response:
    """GET .../branding/preview?page=&theme=&width="""
    organisation = organisation_of(request)
    draft = await request.app[STORE].read(brand_drafts.find, organisation.id)
    sights = [sight for sight in SIGHTS if not sight.switch or draft.values[sight.switch]]
    query = request.query
    sight = next((each for each in sights if each.name == query.get("page")), sights[0])
    theme = Theme(query["theme"]) if query.get("theme") in tuple(Theme) else Theme.LIGHT
    width = query["width"] if query.get("width") in WIDTHS else WIDTHS[0]
    url = branding_url(organisation)
    response = page(
        request,
        "branding/preview.html",
        organisation=organisation,
        url=url,
        draft=draft,
        pages=[(each.name, each.label) for each in sights],
        sight=sight,
        theme=theme,
        width=width,
        frame_url=f"{url}/show/{theme}{sight.path}",
    )
    response.headers["Content-Security-Policy"] = FRAMING
    return response


async def page_of(request: web.Request) -> web.Response:
    """GET .../branding/show/{theme}/{path}: what the portal would answer; 204 for what is no page."""
    organisation, theme = organisation_of(request), Theme(request.match_info["theme"])
    dressing = await request.app[STORE].read(_dressing, organisation.id)
    root = f"{branding_url(organisation)}/show/{theme}"
    seen = await request.app[SHOW_HOUSE].look(dressing, request.raw_path.removeprefix(root) or "/")
    if seen.location.startswith("/"):
        raise web.HTTPSeeOther(root + seen.location)
    response = _answer(seen, theme, root)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _answer(seen: Seen, theme: Theme, root: str) -> web.Response:
    match seen.content_type:
        case "text/html":
            text = forced.page(seen.body.decode(), theme, root)
            return web.Response(status=seen.status, text=text, content_type="text/html")
        case "text/css":
            return web.Response(text=forced.sheet(seen.body.decode(), theme), content_type="text/css")
        case "image/png" | "image/svg+xml":
            return web.Response(status=seen.status, body=seen.body, content_type=seen.content_type)
        case _:
            return web.Response(status=204)


def _dressing(db: sqlite3.Connection, organisation_id: int) -> Dressing:
    draft: Draft = brand_drafts.find(db, organisation_id)
    return brand.dressing(db, organisation_id, {**draft.values, "require_second_factor": False})

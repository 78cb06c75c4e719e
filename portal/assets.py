"""Assets: what an organisation's pages load that is its own: the theme's style sheet and the icon."""

from aiohttp import web

from portal import pages, theme
from portal.services import BRAND, PORTAL, services
from portal.statics import IMMUTABLE
from store import images

ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" \
fill="{{ accent }}"/><text x="16" y="23" font-family="system-ui,sans-serif" font-size="20" font-weight="700" \
text-anchor="middle" fill="{{ contrast }}">{{ letter }}</text></svg>
"""


def routes() -> list[web.RouteDef]:
    """Open to all: they hold no customer's data."""
    return [
        web.get("/static/{fingerprint}/{name}", _static),
        web.get("/theme.css", _theme),
        web.get("/icon.svg", _icon),
        web.get("/brand/{sha256}/{rendition}.png", _picture),
    ]


async def _static(request: web.Request) -> web.StreamResponse:
    return await services(request).renderer.statics.show(request)


async def _theme(request: web.Request) -> web.Response:
    colour = pages.colour_of(request[PORTAL])
    return web.Response(
        text=theme.style_sheet(colour), content_type="text/css", headers=_caching(request, colour)
    )


async def _icon(request: web.Request) -> web.Response:
    portal = request[PORTAL]
    colour = pages.colour_of(portal)
    tokens = theme.theme_of(colour).light
    template = services(request).renderer.environment.from_string(ICON)
    text = template.render(accent=tokens.accent, contrast=tokens.contrast, letter=portal.name[:1].upper())
    return web.Response(text=text, content_type="image/svg+xml", headers=_caching(request, colour))


async def _picture(request: web.Request) -> web.Response:
    """A picture that the organisation's pages show; a draft's is as missing as another organisation's."""
    brand, digest = request[BRAND], request.match_info["sha256"]
    if not brand.shows(digest):
        raise web.HTTPNotFound
    store, rendition = services(request).store, request.match_info["rendition"]
    found = await store.read(images.content, brand.portal.organisation_id, digest, rendition)
    if found is None:
        raise web.HTTPNotFound
    return web.Response(body=found, content_type="image/png", headers={"Cache-Control": IMMUTABLE})


def _caching(request: web.Request, colour: theme.Colour) -> dict[str, str]:
    current = request.query.get("v") == theme.fingerprint(colour)
    return {"Cache-Control": IMMUTABLE if current else "no-cache"}

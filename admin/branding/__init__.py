"""Branding: pictures, colour, words, labels and switches as a draft; its preview, and publishing it."""

from aiohttp import web

from admin.branding import pictures, preview, publishing, views
from admin.keys import CLOCK, FACTS, PASSWORDS
from portal.brand.darkroom import DARKROOM, Darkroom
from portal.brand.limits import Kind
from portal.brand.show_house import SHOW_HOUSE, ShowHouse

BRANDING = "/organisations/{slug}/branding"


def routes() -> list[web.RouteDef]:
    """For whoever may see the organisation."""
    kind = f"{BRANDING}/pictures/{{kind:{'|'.join(Kind)}}}"
    return [
        web.get(BRANDING, views.show),
        web.post(BRANDING, views.submit),
        web.post(kind, pictures.upload, name="brand_upload"),
        web.post(f"{kind}/remove", pictures.remove),
        web.get(f"{BRANDING}/images/{{sha256}}/{{rendition}}.png", pictures.show),
        web.post(f"{BRANDING}/publish", publishing.publish),
        web.post(f"{BRANDING}/discard", publishing.discard),
        web.get(f"{BRANDING}/preview", preview.show),
        web.get(f"{BRANDING}/show/{{theme:light|dark}}/{{path:.*}}", preview.page_of),
    ]


def install(app: web.Application) -> None:
    """Give the console what makes pictures and shows drafts; both end with it."""
    app[DARKROOM] = Darkroom()
    app[SHOW_HOUSE] = ShowHouse(app[CLOCK], app[FACTS].mail, app[PASSWORDS])
    app.on_cleanup.append(_close)


async def _close(app: web.Application) -> None:
    await app[SHOW_HOUSE].close()

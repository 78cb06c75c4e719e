"""Publishing a draft, and discarding it: as its page showed it, or not at all."""

from aiohttp import web

from admin.branding import drafting, words
from admin.branding.forms import parse_seen
from admin.branding.places import branding_url
from admin.branding.views import branding_page
from admin.rights import organisation_of
from portal.forms import fields
from store.brand_drafts import Edited, Gone, Moved, Seen
from store.setting_changes import Clashed, Saved


async def publish(request: web.Request) -> web.Response:
    """POST .../branding/publish"""
    match await drafting.publish(request, await _seen(request)):
        case Clashed(clashes):
            return await branding_page(request, status=409, clashes=clashes)
        case Gone() | Moved() as found:
            return await branding_page(request, status=409, refused=words.in_the_way(found))
        case Saved():
            raise web.HTTPSeeOther(f"{branding_url(organisation_of(request))}?published=1")


async def discard(request: web.Request) -> web.Response:
    """POST .../branding/discard"""
    match await drafting.discard(request, await _seen(request)):
        case Gone() | Moved() as found:
            return await branding_page(request, status=409, refused=words.in_the_way(found))
        case Edited():
            raise web.HTTPSeeOther(f"{branding_url(organisation_of(request))}?discarded=1")


async def _seen(request: web.Request) -> Seen:
    return parse_seen(str((await fields(request)).get("seen", "")))

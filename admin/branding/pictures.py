"""Pictures of the draft: one is uploaded and made anew, or taken out; and they are shown to staff."""

from aiohttp import web

from admin.branding import drafting
from admin.branding.places import branding_url
from admin.branding.receiving import NotReceived, received
from admin.branding.views import branding_page
from admin.keys import STORE
from admin.rights import organisation_of
from portal.brand.darkroom import DARKROOM
from portal.brand.limits import Kind
from portal.brand.recoding import NotAPicture
from portal.statics import IMMUTABLE
from store import images


async def upload(request: web.Request) -> web.Response:
    """POST .../branding/pictures/{kind}: the picture of a form, into the draft."""
    kind = Kind(request.match_info["kind"])
    file = await received(request)
    if isinstance(file, NotReceived):
        return await branding_page(request, status=file.status, refused=file.reason, at_fault=kind)
    made = await request.app[DARKROOM].developed(file, kind)
    if isinstance(made, NotAPicture):
        return await branding_page(request, status=422, refused=made.reason, at_fault=kind)
    await drafting.put_picture(request, kind, made)
    raise web.HTTPSeeOther(f"{branding_url(organisation_of(request))}?saved=1#{kind}")


async def remove(request: web.Request) -> web.Response:
    """POST .../branding/pictures/{kind}/remove: no such picture in the draft."""
    kind = Kind(request.match_info["kind"])
    await drafting.put_picture(request, kind, ())
    raise web.HTTPSeeOther(f"{branding_url(organisation_of(request))}?saved=1#{kind}")


async def show(request: web.Request) -> web.Response:
    """GET .../branding/images/{sha256}/{rendition}.png: any picture of the organisation's, for its staff."""
    found = await request.app[STORE].read(
        images.content,
        organisation_of(request).id,
        request.match_info["sha256"],
        request.match_info["rendition"],
    )
    if found is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": IMMUTABLE.replace("public", "private")}
    return web.Response(body=found, content_type="image/png", headers=headers)

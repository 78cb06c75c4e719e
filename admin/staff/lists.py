"""The lists of staff: an organisation's admins, and for operators everybody."""

from zoneinfo import ZoneInfo

from aiohttp import web

from admin.keys import STORE, VISITOR
from admin.pages import page
from admin.rights import organisation_of
from admin.signin.members import ZONE
from admin.staff.reach import url_of
from store import staff

DONE = {
    "added": "They are added, and a link to choose a password is on its way to them.",
    "no-address": "Their sign-in name is no address that mail goes to. Use brassplate staff reset on the server.",
    "link": "A link to choose a password is on its way to them.",
    "removed": "They are removed and signed out everywhere.",
}


async def of_organisation(request: web.Request) -> web.Response:
    """GET /organisations/{slug}/staff"""
    organisation = organisation_of(request)
    listed = await request.app[STORE].read(staff.listed, organisation.id)
    return page(
        request,
        "staff/index.html",
        organisation=organisation,
        url=url_of(organisation),
        listed=listed,
        zone=ZoneInfo(organisation.time_zone),
        own_id=request[VISITOR].member.id,
        done=DONE.get(request.query.get("done", "")),
    )


async def of_all(request: web.Request) -> web.Response:
    """GET /staff"""
    return page(
        request,
        "staff/all.html",
        url=url_of(None),
        listed=await request.app[STORE].read(staff.listed),
        zone=ZONE,
        own_id=request[VISITOR].member.id,
        done=DONE.get(request.query.get("done", "")),
    )

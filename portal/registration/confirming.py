"""The link of a mail check: who opened it has the address, and chooses a password."""

from aiohttp import web

from portal.invitation.forms import WelcomeForm
from portal.registration import arriving
from store.tokens import Purpose


async def show(request: web.Request) -> web.StreamResponse:
    """GET /register/confirm/{token}: a form; nothing is spent."""
    found = await arriving.look(request, Purpose.MAIL_CHECK)
    if isinstance(found, web.Response):
        return found
    return arriving.page(request, found, WelcomeForm(), Purpose.MAIL_CHECK)


async def join(request: web.Request) -> web.StreamResponse:
    """POST /register/confirm/{token}"""
    return await arriving.join(request, Purpose.MAIL_CHECK)

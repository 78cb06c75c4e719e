"""Gate: pages that are there for operators alone."""

from aiohttp import web
from aiohttp.typedefs import Handler

from admin.keys import VISITOR
from store.staff import Role


def for_operators(view: Handler) -> Handler:
    """The view, and a 404 for everybody else who is signed in."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request[VISITOR].member.role is not Role.OPERATOR:
            raise web.HTTPNotFound
        return await view(request)

    return handle

"""Allowed: whether customers may let themselves in here at all."""

from aiohttp import web

from portal.services import PORTAL
from store.portals import Portal


def check(request: web.Request) -> Portal:
    """The portal; 404 when its organisation does not allow registration."""
    portal = request[PORTAL]
    if not portal.allow_registration:
        raise web.HTTPNotFound
    return portal

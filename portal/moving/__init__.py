"""Moving: from a portal's former name to the one that took its place, sign-in and all."""

from aiohttp import web

from portal.moving import arriving

__all__ = ["routes"]


def routes() -> list[web.RouteDef]:
    """Open to whoever comes from the former name."""
    return [
        web.get(arriving.ARRIVE, arriving.begin, name="arrive"),
        web.get(f"{arriving.ARRIVE}/{{token}}", arriving.finish),
    ]

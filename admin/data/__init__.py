"""Data: how long calls are kept, everything as one file, and customers that are erased."""

from aiohttp import web

from admin.data import erasure, exports, views

DATA = "/organisations/{slug}/data"
ERASE = "/organisations/{slug}/customers/{reference}/erase"


def routes() -> list[web.RouteDef]:
    """One page for the organisation, and one a customer that is to be erased."""
    return [
        web.get(DATA, views.show),
        web.post(f"{DATA}/retention", views.save_retention),
        web.post(f"{DATA}/exports", exports.ask),
        web.get(f"{DATA}/exports/{{export_id:[0-9]{{1,15}}}}", exports.download),
        web.get(ERASE, erasure.show),
        web.post(ERASE, erasure.submit),
    ]

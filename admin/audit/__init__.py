"""Activity: who did what to which thing, and when: of an organisation, and of the provider."""

from aiohttp import web

from admin.audit import export, views
from admin.operators.gate import for_operators

OF_ORGANISATION = "/organisations/{slug}/activity"
OF_PROVIDER = "/activity"


def routes() -> list[web.RouteDef]:
    """An organisation's for whoever may see it, the provider's own for operators."""
    return [
        web.get(OF_ORGANISATION, views.show),
        web.get(f"{OF_ORGANISATION}.csv", export.as_csv),
        web.get(f"{OF_ORGANISATION}.json", export.as_json),
        web.get(OF_PROVIDER, for_operators(views.show)),
        web.get(f"{OF_PROVIDER}.csv", for_operators(export.as_csv)),
        web.get(f"{OF_PROVIDER}.json", for_operators(export.as_json)),
    ]

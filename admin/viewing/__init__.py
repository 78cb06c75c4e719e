"""Viewing: an organisation's portal as one of its customers sees it, and what they have seen of their invoices."""

from aiohttp import web

from admin.viewing import begin, seen

CUSTOMER = "/organisations/{slug}/customers/{reference}"


def routes() -> list[web.RouteDef]:
    """For whoever may see the organisation."""
    return [
        web.post(f"{CUSTOMER}/view", begin.begin),
        web.get(f"{CUSTOMER}/seen", seen.show),
    ]

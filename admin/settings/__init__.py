"""Settings: Customer Access once it is there: the switch, the address, the colour."""

from aiohttp import web

from admin.settings import views

ACCESS = "/organisations/{slug}/settings/customer-access"


def routes() -> list[web.RouteDef]:
    """Settings -> Customer Access, and the colour on a page of its own."""
    return [
        web.get(ACCESS, views.show),
        web.get(f"{ACCESS}/theme", views.show_theme),
        web.post(f"{ACCESS}/theme", views.save_theme),
        web.get(f"{ACCESS}/theme/preview", views.preview),
    ]

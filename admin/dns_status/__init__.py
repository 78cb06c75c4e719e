"""DNS status: how one name stands, for whoever runs its DNS and has a mailed link; nothing else is shown there."""

from aiohttp import web

from admin.dns_status import views
from admin.wizard.mailing import PATH


def routes() -> list[web.RouteDef]:
    """The page, what it follows, and its one button; by these names `admin.rights` lets in whoever has the link."""
    at = PATH + r"{token:[A-Za-z0-9_-]{43}}"
    return [
        web.get(at, views.show, name="dns_status"),
        web.get(f"{at}/status", views.status, name="dns_status_now"),
        web.get(f"{at}/events", views.events, name="dns_status_events"),
        web.post(f"{at}/check", views.check, name="dns_status_check"),
    ]

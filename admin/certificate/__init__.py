"""Certificate: the one that a portal's name shows, an own one in its place, and Cloudflare before it on purpose."""

from aiohttp import web

from admin.certificate import views

CERTIFICATE = "/organisations/{slug}/settings/customer-access/certificate"


def routes() -> list[web.RouteDef]:
    """A page of Settings -> Customer Access."""
    return [
        web.get(CERTIFICATE, views.show),
        web.post(CERTIFICATE, views.upload, name="certificate_upload"),
        web.post(f"{CERTIFICATE}/withdraw", views.withdraw),
        web.post(f"{CERTIFICATE}/way", views.set_way),
    ]

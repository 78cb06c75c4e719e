"""Wizard: from a switched-off portal to a live address, one decision a step."""

from aiohttp import web

from admin.wizard import views
from admin.wizard.connecting import ACCESS
from admin.wizard.streams import install

__all__ = ["install", "routes"]


def routes() -> list[web.RouteDef]:
    """What the wizard's buttons send and its pages follow; its pages are those of the settings until it is live."""
    return [
        web.post(f"{ACCESS}/portal", views.switch),
        web.post(f"{ACCESS}/label", views.use_label),
        web.post(f"{ACCESS}/domain", views.choose),
        web.post(f"{ACCESS}/domain/complete", views.complete),
        web.post(f"{ACCESS}/domain/remove", views.remove),
        *views.CONNECTING.routes(),
    ]

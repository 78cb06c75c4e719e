"""Wizard: from a switched-off portal to a live address, one decision a step."""

from aiohttp import web

from admin.wizard import views

ACCESS = "/organisations/{slug}/settings/customer-access"


def routes() -> list[web.RouteDef]:
    """What the wizard's buttons send; its pages are those of the settings until the portal is live."""
    return [
        web.post(f"{ACCESS}/portal", views.switch),
        web.post(f"{ACCESS}/label", views.use_label),
        web.post(f"{ACCESS}/domain", views.choose),
        web.post(f"{ACCESS}/domain/check", views.check),
        web.post(f"{ACCESS}/domain/complete", views.complete),
        web.post(f"{ACCESS}/domain/remove", views.remove),
        web.get(f"{ACCESS}/status", views.status),
    ]

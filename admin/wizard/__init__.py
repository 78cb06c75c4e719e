"""Wizard: from a switched-off portal to a live address, one decision a step."""

from aiohttp import web

from admin.wizard import changing, claiming, looks, streams, views
from admin.wizard.connecting import ACCESS


def install(app: web.Application) -> None:
    """Give an application what its pages of names need: streams, and looks that are joined."""
    streams.install(app)
    looks.install(app)


def routes() -> list[web.RouteDef]:
    """What the wizard's buttons send and its pages follow; its pages are those of the settings until it is live."""
    return [
        web.post(f"{ACCESS}/portal", views.switch),
        web.post(f"{ACCESS}/label", views.use_label),
        web.post(f"{ACCESS}/domain", views.choose),
        web.post(f"{ACCESS}/domain/complete", views.complete),
        web.post(f"{ACCESS}/domain/remove", views.remove),
        web.get(f"{ACCESS}/claim", claiming.show),
        web.post(f"{ACCESS}/claim/check", claiming.check),
        web.post(f"{ACCESS}/claim/give-up", claiming.give_up),
        *changing.routes(),
        *views.CONNECTING.routes(),
    ]

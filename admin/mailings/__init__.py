"""Mailings: invoices by mail: choose, look, send, follow; and what goes by itself."""

from aiohttp import web

from admin.mailings import choosing, preview, settings, views

_MAILINGS = "/organisations/{slug}/mailings"
_ONE = f"{_MAILINGS}/{{mailing:[0-9]{{1,15}}}}"


def routes() -> list[web.RouteDef]:
    """The feature's routes."""
    return [
        web.get(_MAILINGS, views.index),
        web.post(_MAILINGS, choosing.create),
        web.get(f"{_MAILINGS}/new", choosing.show),
        web.get(f"{_MAILINGS}/review", choosing.review),
        web.get(f"{_MAILINGS}/preview", preview.show),
        web.get(f"{_MAILINGS}/preview/html", preview.html),
        web.get(f"{_MAILINGS}/preview/pdf", preview.pdf),
        web.get(f"{_MAILINGS}/settings", settings.show),
        web.post(f"{_MAILINGS}/settings", settings.save),
        web.get(_ONE, views.show),
        web.get(f"{_ONE}/status", views.status),
        web.post(f"{_ONE}/stop", views.stop),
        web.post(f"{_ONE}/again", views.again),
    ]

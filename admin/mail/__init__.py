"""Mail: an organisation's outbox, and who its mails are from."""

from aiohttp import web

from admin.mail import sender, views

_MAIL = "/organisations/{slug}/mail"


def routes() -> list[web.RouteDef]:
    """The feature's routes."""
    return [
        web.get(_MAIL, views.index),
        web.post(_MAIL, views.act_on_selected),
        web.get(f"{_MAIL}/sender", sender.show),
        web.post(f"{_MAIL}/sender", sender.save),
        web.post(f"{_MAIL}/sender/check", sender.check),
        web.post(f"{_MAIL}/sender/test", sender.send_test),
        web.get(f"{_MAIL}/{{mail}}", views.show),
        web.get(f"{_MAIL}/{{mail}}/html", views.preview),
        web.post(f"{_MAIL}/{{mail}}/retry", views.retry),
        web.post(f"{_MAIL}/{{mail}}/cancel", views.cancel),
    ]

"""Sign-in: how staff come in and go out."""

from aiohttp import web

from admin.signin import views


def routes() -> list[web.RouteDef]:
    """Open to all: the way in; those named `sign_in` are let through by `admin.rights`."""
    return [
        web.get("/sign-in", views.show, name="sign_in"),
        web.post("/sign-in", views.submit, name="sign_in"),
        web.post("/sign-out", views.sign_out),
    ]

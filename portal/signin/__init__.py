"""Signing in and out, with a password and a second step where somebody has one."""

from aiohttp import web

from portal.signin import second_step, views

NAMES = frozenset({"sign_in", "second_step", "sign_out"})
"""The names of these routes, for an application that closes all others."""


def routes() -> list[web.RouteDef]:
    """Open to all: the way in, and out."""
    return [
        web.get(views.SIGN_IN, views.show, name="sign_in"),
        web.post(views.SIGN_IN, views.submit, name="sign_in"),
        web.get(views.SECOND_STEP, second_step.show, name="second_step"),
        web.post(views.SECOND_STEP, second_step.submit, name="second_step"),
        web.post("/sign-out", views.sign_out, name="sign_out"),
    ]

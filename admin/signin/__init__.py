"""Sign-in: how staff come in and go out: as customers do, and on a ground of their own."""

from portal.signin import routes

__all__ = ["routes"]

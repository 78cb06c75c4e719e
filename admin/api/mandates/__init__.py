"""Mandates: customers' leave to collect what is due, as the source has them."""

from admin.api.mandates import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.index, views.show, views.put, views.add)

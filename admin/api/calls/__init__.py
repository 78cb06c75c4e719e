"""Calls: read those of a customer, add many."""

from admin.api.calls import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.index, views.add)

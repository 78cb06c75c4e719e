"""Payments, and what they settle."""

from admin.api.payments import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.index, views.show, views.put, views.add)

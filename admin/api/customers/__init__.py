"""Customers: read, add, change."""

from admin.api.customers import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.index, views.show, views.put, views.add)

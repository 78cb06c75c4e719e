"""Invoices and credit notes, with their lines."""

from admin.api.invoices import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.index, views.show, views.put, views.add)

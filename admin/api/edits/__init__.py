"""Edits: what customers changed themselves, for whoever keeps the source."""

from admin.api.edits import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.index,)

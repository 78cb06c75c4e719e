"""Imports: whole files, taken in by a process of their own; a job tells how far it is and what came of it."""

from admin.api.imports import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.add, views.show, views.refused)

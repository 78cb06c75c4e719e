"""Batches: what was brought in, shown to customers or taken back as a whole."""

from admin.api.batches import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.index, views.show, views.publish, views.withdraw)

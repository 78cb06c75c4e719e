"""About: what this API offers, and whose token is shown."""

from admin.api.about import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.token,)

"""Documents: the PDF of an invoice, as it was sent."""

from admin.api.documents import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.show, views.put)

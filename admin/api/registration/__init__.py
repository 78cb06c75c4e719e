"""Registration: the extra line for invoices that are mailed elsewhere."""

from admin.api.registration import views
from admin.api.routes import Route

ROUTES: tuple[Route, ...] = (views.make,)

"""Invoices and credit notes: the list, the letter, its PDF, the calls behind a line."""

from aiohttp import web

from portal.invoices import document, line_calls, views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [
        web.get("/invoices", private(views.index)),
        web.get("/invoices/{public_id}", private(views.show)),
        web.get("/invoices/{public_id}/document", private(document.show)),
        web.get("/invoices/{public_id}/lines/{position:[0-9]{1,9}}/calls", private(line_calls.show)),
    ]

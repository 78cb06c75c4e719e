"""Invoices and credit notes: the list, the letter, its PDF, the calls behind a line."""

from aiohttp import web

from portal.invoices import archive, document, line_calls, lines_file, listing, views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [
        web.get("/invoices", private(listing.index)),
        web.get("/invoices.csv", private(listing.as_csv)),
        web.get("/invoices/archive", private(archive.show)),
        web.get("/invoices/{public_id}", private(views.show)),
        web.get("/invoices/{public_id}/document", private(document.show)),
        web.get("/invoices/{public_id}/lines.csv", private(lines_file.show)),
        web.get("/invoices/{public_id}/lines/{position:[0-9]{1,9}}/calls", private(line_calls.show)),
    ]

"""Sighting: a signed-in person of the customer opens an invoice; what fetches pages for them is no person."""

from aiohttp import web

from portal.services import services
from portal.visit import Visit
from store import sightings
from store.sightings import Sight

_AHEAD = frozenset({"prefetch", "prerender"})


async def note(request: web.Request, visit: Visit, invoice_id: int, *, downloaded: bool = False) -> None:
    """Write that the invoice was seen, or its PDF downloaded; staff who view as a customer leave no trace."""
    if visit.viewer or not is_a_persons(request):
        return
    store, sight = services(request).store, Sight(invoice_id, visit.user.id, downloaded, visit.now)
    if await store.read(sightings.is_due, visit.organisation_id, sight):
        await store.write(sightings.note, visit.organisation_id, sight)


def is_a_persons(request: web.Request) -> bool:
    """A GET that shows something now: no look at the head alone, nothing that a browser fetches ahead."""
    purpose = f"{request.headers.get('Sec-Purpose', '')};{request.headers.get('Purpose', '')}"
    return request.method == "GET" and _AHEAD.isdisjoint(purpose.lower().replace(",", ";").split(";"))

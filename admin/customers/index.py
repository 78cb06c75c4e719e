"""The list of customers."""

from zoneinfo import ZoneInfo

from aiohttp import web

from admin.customers import narrowing, places, words
from admin.keys import STORE, VISITOR
from admin.pages import page
from admin.rights import organisation_of
from admin.wizard.onward import leading
from admin.wizard.progress import ACCESS
from store import customers
from store.candidates import Kind

PAGE = 50


async def show(request: web.Request) -> web.Response:
    """GET .../customers"""
    organisation, chosen = organisation_of(request), narrowing.parse(request.query)
    found = await request.app[STORE].read(customers.page, organisation.id, chosen.search, chosen.after, PAGE)
    url = places.list_url(organisation)
    return page(
        request,
        "customers/index.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=url,
        customers=found.customers,
        customer_url=lambda reference: places.customer_url(organisation, reference),
        chosen=chosen,
        first_url=chosen.url(url),
        next_url=chosen.url(url, found.then) if found.then else None,
        approvals_url=places.approvals_url(organisation),
        deeds_url=places.deeds_url(organisation),
        kinds=list(Kind),
        waiting=request[VISITOR].waiting,
        none_chosen="none" in request.query,
        words=words,
        stages=await leading(request, ACCESS),
    )

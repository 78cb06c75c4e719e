"""One customer: details as imported and as they stand, and the people who sign in for them."""

import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.customers import places, words
from admin.customers.forms import InviteForm
from admin.keys import STORE
from admin.pages import page
from admin.rights import organisation_of
from portal.profile.words import LABELS
from store import accounts, change_requests, customers, origins, portals, registrations
from store.accounts import Account
from store.change_requests import Request
from store.customers import Customer
from store.hostname import Hostname
from store.registrations import Registration

DONE = {
    "invited": "Invited. The mail is on its way.",
    "asked": "They sign in for another customer already, so a mail asks them whether they take this one on.",
    "resend": "Sent again. The link before it no longer works.",
    "suspend": "Suspended. Wherever they were signed in, they are not any more.",
    "reactivate": "Reactivated.",
    "remove": "Removed from this customer.",
    "role": "Saved.",
}
"""What a deed came to, by the word that the address carries."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer with all that their page shows."""

    customer: Customer
    account: Account
    waits: Request | None
    registrations: list[Registration]
    host: Hostname | None
    is_open: bool


async def show(request: web.Request) -> web.Response:
    """GET .../customers/{reference}"""
    return await customer_page(request, InviteForm())


async def customer_page(request: web.Request, form: InviteForm, *, status: int = 200) -> web.Response:
    """The page, with what was typed into the invitation's form."""
    organisation, seen = organisation_of(request), await found(request)
    return page(
        request,
        "customers/customer.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        seen=seen,
        url=places.customer_url(organisation, seen.customer.reference),
        list_url=places.list_url(organisation),
        approvals_url=places.approvals_url(organisation),
        form=form,
        labels={"name": "Name"} | LABELS,
        words=words,
        done=DONE.get(request.query.get("done", ""), "") if status == 200 else "",
    )


async def found(request: web.Request) -> Seen:
    """The customer that the address names; 404 when there is none such here."""
    organisation, reference = organisation_of(request), request.match_info["reference"]
    seen = await request.app[STORE].read(_seen, organisation.id, reference)
    if seen is None:
        raise web.HTTPNotFound
    return seen


def _seen(db: sqlite3.Connection, organisation_id: int, reference: str) -> Seen | None:
    account_id = accounts.id_of(db, organisation_id, reference)
    customer = customers.find(db, organisation_id, account_id) if account_id else None
    if customer is None:
        return None
    account = accounts.find(db, organisation_id, customer.account_id)
    portal = portals.find(db, organisation_id)
    assert account and portal
    return Seen(
        customer=customer,
        account=account,
        waits=change_requests.of_account(db, organisation_id, customer.account_id),
        registrations=registrations.waiting_of_account(db, organisation_id, customer.account_id),
        host=origins.canonical_hostname(db, organisation_id),
        is_open=portal.enabled,
    )

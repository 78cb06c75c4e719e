"""Erasure: what would go and what must stay, said before the reference is typed again."""

import sqlite3
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.data.forms import EraseForm
from admin.data.views import data_url
from admin.deeds import deed
from admin.keys import STORE
from admin.pages import home_url, page
from admin.rights import organisation_of
from portal.forms import posted
from store import accounts, audit, erasure
from store.accounts import Account
from store.audit import Entry
from store.erasure import YEARS, Asked, Extent
from store.organisations import Organisation


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with what an erasure means for them."""

    account: Account
    extent: Extent
    asked: Asked | None


def erase_url(organisation: Organisation, reference: str) -> str:
    """Where a customer is erased."""
    return f"{home_url(organisation)}/customers/{quote(reference, safe='')}/erase"


async def show(request: web.Request) -> web.Response:
    """GET .../customers/{reference}/erase"""
    return _page(request, await _customer(request), EraseForm())


async def submit(request: web.Request) -> web.Response:
    """POST .../customers/{reference}/erase: once the reference was typed."""
    organisation, customer = organisation_of(request), await _customer(request)
    form = EraseForm(await posted(request))
    if form.validate() and form.reference.data != customer.account.reference:
        form.reference.errors = [f"Type {customer.account.reference} to erase this customer."]
    if form.errors:
        return _page(request, customer, form, status=422)
    entry = deed(request, organisation, "customer.erasure_asked", f"account:{customer.account.reference}")
    await request.app[STORE].write(_ask, organisation.id, customer.account.account_id, entry)
    raise web.HTTPSeeOther(f"{data_url(organisation)}#erased")


def _page(request: web.Request, customer: Customer, form: EraseForm, status: int = 200) -> web.Response:
    organisation = organisation_of(request)
    return page(
        request,
        "data/erase.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=erase_url(organisation, customer.account.reference),
        back_url=f"{home_url(organisation)}/customers/{quote(customer.account.reference, safe='')}",
        customer=customer,
        years=YEARS,
        form=form,
    )


async def _customer(request: web.Request) -> Customer:
    organisation = organisation_of(request)
    reference = request.match_info["reference"]
    found = await request.app[STORE].read(_find, organisation.id, reference)
    if found is None:
        raise web.HTTPNotFound
    return found


def _find(db: sqlite3.Connection, organisation_id: int, reference: str) -> Customer | None:
    account_id = accounts.id_of(db, organisation_id, reference)
    account = accounts.find(db, organisation_id, account_id) if account_id else None
    if account is None:
        return None
    key = organisation_id, account.account_id
    return Customer(account, erasure.extent(db, *key), erasure.of_account(db, *key))


def _ask(db: sqlite3.Connection, organisation_id: int, account_id: int, entry: Entry) -> None:
    erasure.ask(db, organisation_id, account_id, entry.actor, entry.at)
    audit.record(db, entry)

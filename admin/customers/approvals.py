"""What waits for an admin: registrations, and changes of details; decided one by one or several at once."""

import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.customers import deciding, places, words
from admin.customers.narrowing import number
from admin.deeds import deed
from admin.keys import FACTS, STORE
from admin.pages import page
from admin.rights import organisation_of
from portal.forms import fields
from portal.invitation.inviting import NoName
from portal.profile.words import LABELS
from store import accounts, change_requests, registrations
from store.accounts import Account
from store.change_requests import Request
from store.registrations import Proof, Registration

PAGE = 50
PROOFS = {
    Proof.MAILED_INVOICE: "Came by the link in a mailed invoice",
    Proof.INVOICE_FACTS: "Knew account number, invoice number and total",
}


@dataclass(frozen=True, slots=True)
class Queues:
    """The oldest of both, with the details as they stand now, and how many there are."""

    registrations: list[Registration]
    requests: list[tuple[Request, Account]]
    waiting_registrations: int
    waiting_requests: int


async def show(request: web.Request) -> web.Response:
    """GET .../customers/approvals"""
    organisation = organisation_of(request)
    return page(
        request,
        "customers/approvals.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        queues=await request.app[STORE].read(_queues, organisation.id),
        url=places.approvals_url(organisation),
        list_url=places.list_url(organisation),
        customer_url=lambda reference: places.customer_url(organisation, reference),
        labels=LABELS,
        proofs=PROOFS,
        words=words,
        said=_said(request),
    )


async def decide_registrations(request: web.Request) -> web.Response:
    """POST .../approvals/registrations: `decision` on each that is ticked."""
    approved, ids = await _decision(request)
    action = "registration.approved" if approved else "registration.refused"
    organisation, store = organisation_of(request), request.app[STORE]
    done = 0
    for registration_id in ids:  # a transaction each: a mail is made in it
        entry = deed(request, organisation, action, "")
        came_to = await store.write(
            deciding.registration, organisation.id, registration_id, approved, request.app[FACTS].mail, entry
        )
        if isinstance(came_to, NoName):
            raise web.HTTPSeeOther(f"{places.approvals_url(organisation)}?no-name=1")
        done += came_to
    raise _back(request, approved, done)


async def decide_details(request: web.Request) -> web.Response:
    """POST .../approvals/details: `decision` on each that is ticked."""
    approved, ids = await _decision(request)
    action = "account.change_approved" if approved else "account.change_refused"
    organisation, store = organisation_of(request), request.app[STORE]
    done = 0
    for request_id in ids:
        entry = deed(request, organisation, action, "")
        done += await store.write(
            deciding.details, organisation.id, request_id, approved, request.app[FACTS].mail, entry
        )
    raise _back(request, approved, done)


async def _decision(request: web.Request) -> tuple[bool, list[int]]:
    form = await fields(request)
    decision = form.get("decision")
    if decision not in ("approve", "refuse"):
        raise web.HTTPBadRequest
    ids = [found for text in form.getall("id", []) if (found := number(str(text))) is not None]
    return decision == "approve", sorted(set(ids))[:PAGE]


def _back(request: web.Request, approved: bool, done: int) -> web.HTTPSeeOther:
    url = places.approvals_url(organisation_of(request))
    return web.HTTPSeeOther(f"{url}?{'approved' if approved else 'refused'}={done}")


def _said(request: web.Request) -> str:
    """What the decision before came to; its words, and whether it could be told."""
    if "no-name" in request.query:
        return (
            "Your portal has no address yet, so nobody could be told. Set it up under Customer Access first."
        )
    for word in ("approved", "refused"):
        done = number(request.query.get(word, ""))
        if done is not None:
            return f"{done} {word}." if done else "Nothing was chosen, or it was decided already."
    return ""


def _queues(db: sqlite3.Connection, organisation_id: int) -> Queues:
    requests = change_requests.waiting(db, organisation_id, 0, PAGE)
    stand = [(one, accounts.find(db, organisation_id, one.account_id)) for one in requests]
    return Queues(
        registrations=registrations.waiting(db, organisation_id, 0, PAGE),
        requests=[(one, account) for one, account in stand if account],
        waiting_registrations=registrations.count_waiting(db, organisation_id),
        waiting_requests=change_requests.count_waiting(db, organisation_id),
    )

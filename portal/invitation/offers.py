"""Offers: what waits for a signed-in user's agreement: one more customer."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from portal import pages
from portal.forms import fields
from portal.invitation.mails import OFFERS
from portal.security.ground import Ground
from portal.security.realm import Holder
from portal.services import PORTAL
from store import audit, memberships, users
from store.audit import Entry
from store.memberships import Offer


async def show(request: web.Request, ground: Ground, who: Holder) -> web.StreamResponse:
    """GET /invitations"""
    offers, has_accounts = await ground.store.read(_open, request[PORTAL].organisation_id, _id_of(who))
    return pages.render(
        request,
        "invitation/offers.html",
        offers=offers,
        email=who.person.email,
        token=who.session.csrf_token,
        has_accounts=has_accounts,
        taken=request.query.get("taken", ""),
        refused=request.query.get("refused", ""),
    )


async def answer(request: web.Request, ground: Ground, who: Holder) -> web.StreamResponse:
    """POST /invitations: take an account on, or turn it down."""
    posted = await fields(request)
    given = _Answer(str(posted.get("account", "")), posted.get("answer") == "yes", request.remote or "")
    answered = await ground.store.write(
        _answer, request[PORTAL].organisation_id, _id_of(who), given, ground.clock()
    )
    if not answered:
        raise web.HTTPNotFound
    raise web.HTTPSeeOther(f"{OFFERS}?{'taken' if given.agreed else 'refused'}=1")


@dataclass(frozen=True, slots=True)
class _Answer:
    reference: str
    agreed: bool
    address: str


def _id_of(who: Holder) -> int:
    assert who.person.owner.user_id is not None
    return who.person.owner.user_id


def _open(db: sqlite3.Connection, organisation_id: int, user_id: int) -> tuple[list[Offer], bool]:
    found = memberships.offers(db, organisation_id, user_id)
    return found, bool(users.memberships(db, organisation_id, user_id))


def _answer(
    db: sqlite3.Connection, organisation_id: int, user_id: int, given: _Answer, now: datetime
) -> bool:
    offer = memberships.answer(db, organisation_id, user_id, given.reference, given.agreed)
    if offer is None:
        return False
    entry = Entry(
        organisation_id=organisation_id,
        actor=f"user:{user_id}",
        action="membership.taken" if given.agreed else "membership.turned_down",
        object=f"account:{offer.reference}",
        detail={"role": offer.role.value},
        address=given.address,
        at=now,
    )
    audit.record(db, entry)
    return True

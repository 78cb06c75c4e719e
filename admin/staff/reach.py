"""Reach: whose staff a request is about: an organisation's admins, or, under /staff, the operators."""

import sqlite3

from aiohttp import web

from admin.keys import CLOCK, STORE, VISITOR
from admin.pages import home_url
from store import staff
from store.audit import Entry
from store.organisations import Organisation
from store.staff import Member, Role


def organisation_or_none(request: web.Request) -> Organisation | None:
    """The organisation whose admins these are; None: the operators."""
    return request[VISITOR].organisation


def url_of(organisation: Organisation | None) -> str:
    """The list of an organisation's staff, or that of all."""
    return f"{home_url(organisation)}/staff" if organisation else "/staff"


async def member_of(request: web.Request) -> Member:
    """The member that the URL names; one who is not within reach is as missing as one who never was."""
    text = request.match_info["member"]
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise web.HTTPNotFound
    organisation = organisation_or_none(request)
    organisation_id = organisation.id if organisation else None
    member = await request.app[STORE].read(within_reach, organisation_id, int(text))
    if member is None:
        raise web.HTTPNotFound
    return member


def within_reach(db: sqlite3.Connection, organisation_id: int | None, staff_id: int) -> Member | None:
    """An admin of the organisation; without one: an operator."""
    member = staff.by_id(db, staff_id)
    if member is None or member.organisation_id != organisation_id:
        return None
    return member if (member.role is Role.OPERATOR) == (organisation_id is None) else None


def entry_of(request: web.Request, action: str, member_email: str, **detail: str) -> Entry:
    """What is done to a member, for the organisation's audit, or the provider's own."""
    organisation = organisation_or_none(request)
    return Entry(
        organisation_id=organisation.id if organisation else None,
        actor=f"staff:{request[VISITOR].member.id}",
        action=action,
        object=member_email,
        detail=detail,
        address=request.remote or "",
        at=request.app[CLOCK](),
    )

"""Removing somebody from the staff: what goes, and what stays, is said first."""

import sqlite3

from aiohttp import web

from admin.keys import CLOCK, STORE, VISITOR
from admin.pages import page
from admin.staff.reach import entry_of, member_of, organisation_or_none, url_of, within_reach
from admin.staff.rules import reason_against
from portal.security.proof import require
from store import audit, staff, viewings
from store.audit import Entry
from store.staff import Member


async def show(request: web.Request) -> web.Response:
    """GET .../staff/{member}/remove"""
    member = await member_of(request)
    _require(request, member)
    operators = await request.app[STORE].read(staff.operators)
    reason = reason_against(request[VISITOR].member, member, operators)
    return _page(request, member, reason)


async def remove(request: web.Request) -> web.Response:
    """POST .../staff/{member}/remove"""
    member = await member_of(request)
    _require(request, member)
    entry = entry_of(request, "staff.removed", member.email)
    reason = await request.app[STORE].write(_remove, request[VISITOR].member, member, entry)
    if reason:
        return _page(request, member, reason, status=409)
    raise web.HTTPSeeOther(f"{url_of(organisation_or_none(request))}?done=removed")


def _remove(db: sqlite3.Connection, visitor: Member, member: Member, entry: Entry) -> str | None:
    """Why not, or None; looked at again here, so that two who remove each other do not both succeed."""
    if staff.by_id(db, visitor.id) is None or within_reach(db, entry.organisation_id, member.id) is None:
        return "They are not there any more."
    if reason := reason_against(visitor, member, staff.operators(db)):
        return reason
    viewings.end_of_staff(db, member.id, entry.at)
    staff.remove(db, member.id)
    audit.record(db, entry)
    return None


def _require(request: web.Request, member: Member) -> None:
    next_url = f"{url_of(organisation_or_none(request))}/{member.id}/remove"
    require(request[VISITOR].session, request.app[CLOCK](), next_url)


def _page(request: web.Request, member: Member, reason: str | None, *, status: int = 200) -> web.Response:
    organisation = organisation_or_none(request)
    return page(
        request,
        "staff/remove.html",
        status=status,
        organisation=organisation,
        url=url_of(organisation),
        member=member,
        reason=reason,
    )

"""Deeds: the audit entry of what the visitor of a request does."""

from aiohttp import web

from admin.keys import CLOCK, VISITOR
from store.audit import Entry
from store.organisations import Organisation


def deed(request: web.Request, organisation: Organisation, action: str, subject: str, **detail: str) -> Entry:
    """An entry for `store.audit.record`, to be written with the change itself."""
    return Entry(
        organisation_id=organisation.id,
        actor=f"staff:{request[VISITOR].member.id}",
        action=action,
        object=subject,
        detail=detail,
        address=request.remote or "",
        at=request.app[CLOCK](),
    )

"""Registration: the line that tells the customer of an invoice how to reach the portal and how to register."""

import sqlite3
from datetime import datetime
from html import escape
from typing import Annotated

import msgspec
from msgspec import Meta

from admin.api.call import Call
from admin.api.keys import PUBLIC_PORT
from admin.api.problems import not_found
from admin.api.routes import route
from portal import mail
from portal.tenancy import origin
from store import audit, origins, portals, registration_line
from store.audit import Entry
from store.listings import invoices as listing
from store.portals import Portal
from store.registration_line import RegistrationLine


class Line(msgspec.Struct, kw_only=True):
    """The line, where it is due: registration is allowed, and the customer has no user yet."""

    due: bool
    text: Annotated[str, Meta(description="The line as plain text; empty where none is due.")] = ""
    html: Annotated[str, Meta(description="The line as a paragraph of HTML; empty where none is due.")] = ""
    portal_url: str | None = None
    registration_url: Annotated[
        str | None, Meta(description="Works once. Put it into this customer's invoice and nowhere else.")
    ] = None
    expires_at: datetime | None = None


@route(
    method="POST",
    path="/invoices/{number}/registration-line",
    summary="Make the registration line of an invoice",
    description="For invoices that are mailed elsewhere. Each line carries a proof of its own, which works once.",
    scope="registration:write",
    answers={200: Line},
)
async def make(call: Call) -> Line:
    """POST /invoices/{number}/registration-line"""
    entry = Entry(
        organisation_id=call.organisation_id,
        actor=call.caller.actor,
        action="registration.line_made",
        object=f"invoice:{call.part('number')}",
        detail={},
        address=call.request.remote or "",
        at=call.now,
    )
    made = await call.store.write(_make, call.organisation_id, call.part("number"), entry)
    if isinstance(made, _Missing):
        raise not_found()
    return _shown(call, *made) if made else Line(due=False)


class _Missing:
    """There is no such invoice."""


def _make(
    db: sqlite3.Connection, organisation_id: int, number: str, entry: Entry
) -> tuple[Portal, RegistrationLine] | _Missing | None:
    row = listing.by_number(db, organisation_id, number)
    if row is None:
        return _Missing()
    host = origins.canonical_hostname(db, organisation_id)
    made = registration_line.for_account(db, organisation_id, row["account_id"], host, entry.at)
    portal = portals.find(db, organisation_id)
    if made is None or portal is None:
        return None
    audit.record(db, entry)
    return portal, made


def _shown(call: Call, portal: Portal, made: RegistrationLine) -> Line:
    portal_url = origin(made.host, call.request.app[PUBLIC_PORT])
    said = mail.billing.registration_line(mail.of_portal(portal, portal_url), made.path)
    label, link = escape(said.register.label), escape(said.register.url)
    html = f'<p>{escape(said.sentence)} <a href="{link}">{label}</a></p>'
    return Line(
        due=True,
        text=f"{said.sentence}\n{said.register.url}",
        html=html,
        portal_url=portal_url,
        registration_url=said.register.url,
        expires_at=made.expires_at,
    )

"""Adding somebody to the staff: an address is enough; a link to choose a password goes there."""

import sqlite3

from aiohttp import web
from wtforms import EmailField, Form
from wtforms.validators import DataRequired, ValidationError

from admin.keys import CLOCK, STORE, VISITOR
from admin.pages import page
from admin.staff.links import Post, post_of
from admin.staff.reach import entry_of, organisation_or_none, url_of
from portal.forms import email_address, posted, stripped
from portal.mail import is_address
from portal.security.proof import require
from store import audit, staff
from store.audit import Entry
from store.staff import EmailTaken, Role

TAKEN = "Somebody signs in to the console with this address already. Use another one."


def _mailable(_form: Form, field: EmailField) -> None:
    if not is_address(field.data or ""):
        raise ValidationError("Enter an e-mail address such as name@company.co.uk.")


class AddForm(Form):
    """Whom to add."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter an e-mail address."), email_address, _mailable],
        filters=[stripped],
        render_kw={"autocomplete": "off", "required": False, "autocapitalize": "none"},
    )


async def show(request: web.Request) -> web.Response:
    """GET .../staff/new"""
    _require(request)
    return _page(request, AddForm())


async def add(request: web.Request) -> web.Response:
    """POST .../staff/new"""
    _require(request)
    organisation, form = organisation_or_none(request), AddForm(await posted(request))
    if not form.validate():
        return _page(request, form, status=400)
    email = staff.canonical_email(form.email.data or "")
    role = Role.ADMIN if organisation else Role.OPERATOR
    entry = entry_of(request, "staff.added", email, role=role.value)
    try:
        await request.app[STORE].write(_add, email, entry, post_of(request))
    except EmailTaken:
        form.email.errors = [TAKEN]
        return _page(request, form, status=422)
    raise web.HTTPSeeOther(f"{url_of(organisation)}?done=added")


def _add(db: sqlite3.Connection, email: str, entry: Entry, post: Post) -> None:
    role = Role.OPERATOR if entry.organisation_id is None else Role.ADMIN
    member = staff.add(db, email, "", role, entry.organisation_id, entry.at)
    audit.record(db, entry)
    post.send(db, member, entry.at)


def _require(request: web.Request) -> None:
    """Who decides about others' access has said lately who they are."""
    next_url = f"{url_of(organisation_or_none(request))}/new"
    require(request[VISITOR].session, request.app[CLOCK](), next_url)


def _page(request: web.Request, form: AddForm, *, status: int = 200) -> web.Response:
    organisation = organisation_or_none(request)
    return page(
        request,
        "staff/new.html",
        status=status,
        organisation=organisation,
        url=url_of(organisation),
        form=form,
    )

"""A customer's people, one by one: invite, send again, suspend, reactivate, remove, set what they may do."""

import sqlite3
from dataclasses import dataclass, replace

from aiohttp import web

from admin.customers import places
from admin.customers.customer import Seen, customer_page, found
from admin.customers.forms import InviteForm
from admin.customers.narrowing import number
from admin.deeds import deed
from admin.keys import FACTS, STORE
from admin.rights import organisation_of
from portal.forms import fields, posted
from portal.invitation import inviting
from portal.invitation.inviting import NobodyWaits, NoName
from portal.mail import Provider
from store import audit, memberships, users
from store.audit import Entry
from store.customers import Person
from store.invitations import AlreadyIn, Invited, IsSuspended, Offered
from store.invitations import Person as Guest
from store.users import NoSuchAccount, Role

NO_NAME = "Your portal has no address yet that a link could lead to. Set it up under Customer Access first."
REFUSED = {
    NoName: NO_NAME,
    AlreadyIn: "This person signs in for this customer already.",
    IsSuspended: "This person is suspended. Reactivate them first.",
}


async def invite(request: web.Request) -> web.Response:
    """POST .../customers/{reference}/users"""
    organisation, seen, form = (
        organisation_of(request),
        await found(request),
        InviteForm(await posted(request)),
    )
    if not form.validate():
        return await customer_page(request, form, status=422)
    guest = Guest(form.email.data or "", form.name.data or "", form.chosen_role)
    entry = deed(request, organisation, "user.invited", "", account=seen.customer.reference)
    came_to = await request.app[STORE].write(
        _invite, organisation.id, seen.customer.account_id, guest, request.app[FACTS].mail, entry
    )
    match came_to:
        case Invited():
            raise _back(request, seen, "invited")
        case Offered():
            raise _back(request, seen, "asked")
        case NoSuchAccount():
            raise web.HTTPNotFound
        case NoName() | AlreadyIn() | IsSuspended():
            form.email.errors = [REFUSED[type(came_to)]]
            return await customer_page(request, form, status=409)


async def act(request: web.Request) -> web.Response:
    """POST .../users/{user}/{resend|suspend|reactivate|remove}"""
    organisation, seen, action = organisation_of(request), await found(request), request.match_info["action"]
    person = _person(request, seen)
    entry = deed(
        request, organisation, _ACTIONS[action], f"user:{person.user_id}", account=seen.customer.reference
    )
    provider = request.app[FACTS].mail
    came_to = await request.app[STORE].write(
        _act, organisation.id, _Whom(seen.customer.account_id, person.user_id), action, provider, entry
    )
    if isinstance(came_to, NoName):
        form = InviteForm()
        form.form_errors.append(NO_NAME)
        return await customer_page(request, form, status=409)
    raise _back(request, seen, action if came_to else "")


async def set_role(request: web.Request) -> web.Response:
    """POST .../users/{user}/role"""
    organisation, seen = organisation_of(request), await found(request)
    person, role = _person(request, seen), str((await fields(request)).get("role", ""))
    if role not in {one.value for one in Role}:
        raise web.HTTPBadRequest
    account_id, subject = seen.customer.account_id, f"user:{person.user_id}"
    entry = deed(
        request, organisation, "user.role_changed", subject, account=seen.customer.reference, role=role
    )
    await request.app[STORE].write(_set_role, organisation.id, person.user_id, account_id, Role(role), entry)
    raise _back(request, seen, "role")


_ACTIONS = {
    "resend": "user.invited_again",
    "suspend": "user.suspended",
    "reactivate": "user.reactivated",
    "remove": "user.removed",
}


@dataclass(frozen=True, slots=True)
class _Whom:
    account_id: int
    user_id: int


def _person(request: web.Request, seen: Seen) -> Person:
    user_id = number(request.match_info["user"])
    for person in seen.customer.people:
        if person.user_id == user_id:
            return person
    raise web.HTTPNotFound


def _back(request: web.Request, seen: Seen, done: str) -> web.HTTPSeeOther:
    url = places.customer_url(organisation_of(request), seen.customer.reference)
    return web.HTTPSeeOther(f"{url}?done={done}#people" if done else f"{url}#people")


def _invite(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    guest: Guest,
    provider: Provider,
    entry: Entry,
) -> inviting.Outcome:
    came_to = inviting.invite(db, organisation_id, account_id, guest, provider, entry.at)
    if isinstance(came_to, Invited | Offered):
        action = "user.invited" if isinstance(came_to, Invited) else "user.offered"
        audit.record(db, replace(entry, action=action, object=f"user:{came_to.user_id}"))
    return came_to


def _act(
    db: sqlite3.Connection,
    organisation_id: int,
    whom: _Whom,
    action: str,
    provider: Provider,
    entry: Entry,
) -> bool | NoName:
    """Do it and write it down; False: there was nothing to do."""
    account_id, user_id = whom.account_id, whom.user_id
    match action:
        case "resend":
            sent = inviting.send_again(db, organisation_id, account_id, user_id, provider, entry.at)
            if isinstance(sent, NoName):
                return sent
            done = not isinstance(sent, NobodyWaits)
        case "suspend":
            done = users.suspend(db, organisation_id, user_id, entry.at)
        case "reactivate":
            done = users.reactivate(db, organisation_id, user_id) is not None
        case _:
            done = memberships.remove(db, organisation_id, user_id, account_id) is not None
    if done:
        audit.record(db, entry)
    return done


def _set_role(
    db: sqlite3.Connection, organisation_id: int, user_id: int, account_id: int, role: Role, entry: Entry
) -> None:
    if memberships.set_role(db, organisation_id, user_id, account_id, role):
        audit.record(db, entry)

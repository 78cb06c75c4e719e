"""Inviting a colleague, and once more; one answer, whoever the address belongs to."""

from aiohttp import web

from portal import pages, throttle
from portal.forms import posted
from portal.invitation.inviting import NoName
from portal.later import later
from portal.people import asking, listing
from portal.people.acting import Done, NotAllowed, TooMany
from portal.people.forms import InviteForm
from portal.people.listing import MOST, PEOPLE
from portal.people.views import acting, answered, back, check, colleagues, may_change, person_page
from portal.security.words import waiting
from portal.services import services
from portal.visit import Visit
from portal.words import N_, _
from store.invitations import AlreadyIn, Person
from store.signin import Wait

INVITE = f"{PEOPLE}/invite"
NO_NAME = N_("This portal has no address yet that an invitation could lead to. Please get in touch.")


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /people/invite"""
    may_change(request, visit, INVITE)
    return _page(request, visit, InviteForm(data={"role": "read"}))


async def submit(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /people/invite"""
    may_change(request, visit, INVITE)
    form = InviteForm(await posted(request))
    if not form.validate():
        return _page(request, visit, form, status=400)
    email = form.email.data or ""
    if wait := await throttle.mails(request, email):
        return _asked_to_wait(request, visit, form, wait)
    store, whose = services(request).store, (visit.organisation_id, acting(request, visit))
    match await store.read(asking.may_invite, *whose, email):
        case Done():
            guest = Person(email, role=form.chosen)
            later(request, store.write(asking.invite, *whose, guest), "invite a colleague")
            back("invited")
        case NotAllowed():
            raise web.HTTPForbidden
        case AlreadyIn():
            form.email.errors = [_("This person has access already: they are in the list.")]
        case TooMany():
            form.form_errors.append(
                _("There are %(max)d people already, which is as many as there can be.", max=MOST)
            )
        case NoName():
            form.form_errors.append(_(NO_NAME))
    return _page(request, visit, form, status=409)


async def again(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /people/{person}/again"""
    person_id = check(request, visit)
    found = await colleagues(request, visit)
    one = listing.find(found, person_id)
    if one is None:
        raise web.HTTPNotFound
    if wait := await throttle.mails(request, one.email):
        words = waiting(wait.until, visit.now)
        response = person_page(request, visit, found, person_id, None, refused=words.sentence, status=429)
        response.headers["Retry-After"] = str(words.seconds)
        return response
    outcome = await services(request).store.write(
        asking.invite_again, visit.organisation_id, acting(request, visit), person_id
    )
    if isinstance(outcome, NoName):
        return person_page(request, visit, found, person_id, None, refused=_(NO_NAME), status=409)
    return await answered(request, visit, person_id, outcome, "again")


def _page(request: web.Request, visit: Visit, form: InviteForm, *, status: int = 200) -> web.Response:
    return pages.render(request, "people/invite.html", status=status, visit=visit, form=form)


def _asked_to_wait(request: web.Request, visit: Visit, form: InviteForm, wait: Wait) -> web.Response:
    words = waiting(wait.until, visit.now)
    form.form_errors.append(words.sentence)
    response = _page(request, visit, form, status=429)
    response.headers["Retry-After"] = str(words.seconds)
    return response

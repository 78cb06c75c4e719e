"""The pages: who has access; one of them, with what those of full access may change."""

from collections.abc import Callable
from typing import NoReturn

from aiohttp import web

from portal import pages, slices
from portal.forms import posted
from portal.links import link
from portal.people import changing, listing
from portal.people.acting import Acting, Done, LastOne, NotAllowed, NotThere, Outcome, OutOfReach
from portal.people.forms import RoleForm
from portal.people.listing import MAY, PEOPLE, Colleague
from portal.security import proof
from portal.services import services
from portal.visit import Visit
from portal.words import N_, _

PART = 50
"""People that one page shows."""
DONE = {
    "invited": N_("The invitation is on its way. It works for seven days."),
    "again": N_("The invitation was sent again."),
    "role": N_("What they may do is changed, and they are told by mail."),
    "removed": N_("Their access has ended, and they are told by mail."),
}
REFUSED: dict[type[Outcome], str] = {
    LastOne: N_(
        "Nobody else has full access. Give it to somebody first, so that one of you can decide about it."
    ),
    OutOfReach: N_("This sign-in is suspended. Only %(name)s can change anything about it."),
}


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /people"""
    found = await colleagues(request, visit)
    part = slices.cut(
        len(found), PART, request.query.get("part", ""), lambda number: link(PEOPLE, part=number)
    )
    return pages.render(
        request,
        "people/people.html",
        visit=visit,
        people=found[part.start : part.end],
        part=part,
        own_id=None if visit.viewer else visit.user.id,
        may=MAY,
        done=DONE.get(request.query.get("done", ""), ""),
    )


async def show_person(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /people/{person}"""
    person_id = check(request, visit)
    found = await colleagues(request, visit)
    return person_page(request, visit, found, person_id, None)


async def set_role(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /people/{person}/role"""
    person_id = check(request, visit)
    form = RoleForm(await posted(request))
    if not form.validate():
        return person_page(request, visit, await colleagues(request, visit), person_id, form, status=400)
    outcome = await services(request).store.write(
        changing.set_role, visit.organisation_id, acting(request, visit), person_id, form.chosen
    )
    return await answered(request, visit, person_id, outcome, "role")


async def remove(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /people/{person}/remove"""
    person_id = check(request, visit)
    outcome = await services(request).store.write(
        changing.remove, visit.organisation_id, acting(request, visit), person_id
    )
    if isinstance(outcome, Done) and person_id == visit.user.id:
        raise web.HTTPSeeOther("/")
    return await answered(request, visit, person_id, outcome, "removed")


def check(request: web.Request, visit: Visit) -> int:
    """Whom the address names, once it is certain that the visitor may change people and just said who they are."""
    may_change(request, visit, f"{PEOPLE}/{request.match_info['person']}")
    text = request.match_info["person"]
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise web.HTTPNotFound
    return int(text)


def may_change(_request: web.Request, visit: Visit, next_url: str) -> None:
    """403 for who may only look; staff who view are told that this is the customer's."""
    assert visit.user
    if not visit.may_edit:
        raise web.HTTPForbidden
    proof.require(visit.session, visit.now, next_url)


def acting(request: web.Request, visit: Visit) -> Acting:
    """Who changes something here."""
    return Acting(
        user_id=visit.user.id,
        email=visit.user.email,
        account_id=visit.account_id,
        reference=visit.account.reference,
        account=visit.account.name,
        address=request.remote or "",
        provider=services(request).provider,
        now=visit.now,
    )


async def answered(
    request: web.Request, visit: Visit, person_id: int, outcome: Outcome, done: str
) -> web.StreamResponse:
    """Back to the list, or the page again with why not."""
    match outcome:
        case Done():
            back(done)
        case NotAllowed():
            raise web.HTTPForbidden
        case NotThere():
            raise web.HTTPNotFound
        case LastOne() | OutOfReach():
            sentence = _(REFUSED[type(outcome)], name=visit.portal.name)
            found = await colleagues(request, visit)
            return person_page(request, visit, found, person_id, None, refused=sentence, status=409)


def back(done: str) -> NoReturn:
    """To the list, with what was done."""
    raise web.HTTPSeeOther(f"{PEOPLE}?done={done}")


async def colleagues(request: web.Request, visit: Visit) -> list[Colleague]:
    """The people of the account that is looked at."""
    read: Callable[..., list[Colleague]] = listing.colleagues
    return await services(request).store.read(read, visit.organisation_id, visit.account_id)


def person_page(
    request: web.Request,
    visit: Visit,
    found: list[Colleague],
    person_id: int,
    form: RoleForm | None,
    *,
    refused: str = "",
    status: int = 200,
) -> web.Response:
    """One of the people; 404 for anybody else's."""
    one = listing.find(found, person_id)
    if one is None:
        raise web.HTTPNotFound
    return pages.render(
        request,
        "people/person.html",
        status=status,
        visit=visit,
        one=one,
        form=form or RoleForm(data={"role": one.role.value}),
        is_self=one.user_id == visit.user.id,
        is_last=listing.is_last(found, one),
        may=MAY,
        refused=refused,
    )

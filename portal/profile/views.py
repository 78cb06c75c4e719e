"""A customer's details: what was imported, what they changed, and a form for each section."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web
from wtforms import Form

from portal import pages
from portal.forms import posted
from portal.profile import asking
from portal.profile.asking import Asks
from portal.profile.forms import FORMS
from portal.profile.words import LABELS
from portal.services import services
from portal.visit import Visit
from store import accounts, change_requests
from store.accounts import Account
from store.change_requests import Request
from store.portals import ProfileEdits


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /profile"""
    return _page(request, visit, await _seen(request, visit))


async def edit(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /profile/{section}: the page with that section as a form."""
    _check_may_edit(visit)
    seen = await _seen(request, visit)
    section = request.match_info["section"]
    form = FORMS[section](data={field: seen.latest(field) for field in accounts.EDITABLE})
    return _page(request, visit, seen, section, form)


async def save(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /profile/{section}"""
    _check_may_edit(visit)
    section = request.match_info["section"]
    form = FORMS[section](await posted(request))
    if not form.validate():
        return _page(request, visit, await _seen(request, visit), section, form, status=400)
    values = {name: str(value) for name, value in form.data.items()}
    if visit.portal.profile_edits is ProfileEdits.APPROVED:
        raise web.HTTPSeeOther(await _ask(request, visit, section, values))
    await services(request).store.write(
        accounts.edit,
        visit.organisation_id,
        visit.account_id,
        values,
        user_id=visit.user.id,
        address=request.remote or "",
        now=visit.now,
    )
    raise web.HTTPSeeOther(f"/profile?saved={section}#{section}")


async def take_back(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /profile/take-back: what waits for approval is wanted no longer."""
    _check_may_edit(visit)
    asks = _asks(request, visit, {})
    if not await services(request).store.write(asking.take_back, visit.organisation_id, asks, visit.now):
        raise web.HTTPSeeOther("/profile")
    raise web.HTTPSeeOther("/profile?taken-back=1")


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer's details, and what waits for approval."""

    account: Account
    waits: Request | None

    def wanted(self, field: str) -> str | None:
        """The value of a field that waits; None: none does."""
        return self.waits.changes[field].wanted if self.waits and field in self.waits.changes else None

    def latest(self, field: str) -> str:
        """What the customer last wrote, approved or not."""
        wanted = self.wanted(field)
        return self.account.value(field) if wanted is None else wanted


async def _ask(request: web.Request, visit: Visit, section: str, values: dict[str, str]) -> str:
    service = services(request)
    waits = await service.store.write(
        asking.ask, visit.organisation_id, _asks(request, visit, values), service.provider, visit.now
    )
    here = waits and not values.keys().isdisjoint(waits.changes)
    return f"/profile?{'asked' if here else 'saved'}={section}#{section}"


def _asks(request: web.Request, visit: Visit, values: dict[str, str]) -> Asks:
    return Asks(visit.account_id, visit.user.id, values, request.remote or "")


def _page(
    request: web.Request,
    visit: Visit,
    seen: Seen,
    section: str = "",
    form: Form | None = None,
    *,
    status: int = 200,
) -> web.Response:
    return pages.render(
        request,
        "profile/profile.html",
        status=status,
        visit=visit,
        account=seen.account,
        seen=seen,
        labels=LABELS,
        may_edit=_may_edit(visit),
        approves=visit.portal.profile_edits is ProfileEdits.APPROVED,
        editing=section,
        form=form,
        saved=request.query.get("saved", "") if not section else "",
        asked=request.query.get("asked", "") if not section else "",
        taken_back="taken-back" in request.query,
    )


def _may_edit(visit: Visit) -> bool:
    return visit.may_edit and visit.portal.profile_edits is not ProfileEdits.OFF


def _check_may_edit(visit: Visit) -> None:
    if not _may_edit(visit):
        raise web.HTTPForbidden


async def _seen(request: web.Request, visit: Visit) -> Seen:
    seen = await services(request).store.read(_load, visit.organisation_id, visit.account_id)
    if seen is None:
        raise web.HTTPNotFound
    return seen


def _load(db: sqlite3.Connection, organisation_id: int, account_id: int) -> Seen | None:
    account = accounts.find(db, organisation_id, account_id)
    return Seen(account, change_requests.of_account(db, organisation_id, account_id)) if account else None

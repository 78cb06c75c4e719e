"""A customer's details: what was imported, what they changed, and a form for each section."""

from aiohttp import web
from wtforms import Form

from portal import pages
from portal.forms import posted
from portal.profile.forms import FORMS
from portal.services import services
from portal.visit import Visit
from store import accounts
from store.accounts import Account


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /profile"""
    return _page(request, visit, await _account(request, visit))


async def edit(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /profile/{section}: the page with that section as a form."""
    _check_may_edit(visit)
    account = await _account(request, visit)
    section = request.match_info["section"]
    form = FORMS[section](data={field: account.value(field) for field in accounts.EDITABLE})
    return _page(request, visit, account, section, form)


async def save(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /profile/{section}"""
    _check_may_edit(visit)
    section = request.match_info["section"]
    form = FORMS[section](await posted(request))
    if not form.validate():
        return _page(request, visit, await _account(request, visit), section, form, status=400)
    await services(request).store.write(
        accounts.edit,
        visit.organisation_id,
        visit.account_id,
        {name: str(value) for name, value in form.data.items()},
        user_id=visit.user.id,
        address=request.remote or "",
        now=visit.now,
    )
    raise web.HTTPSeeOther(f"/profile?saved={section}#{section}")


def _page(
    request: web.Request,
    visit: Visit,
    account: Account,
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
        account=account,
        editing=section,
        form=form,
        saved=request.query.get("saved", "") if not section else "",
    )


def _check_may_edit(visit: Visit) -> None:
    if not visit.may_edit:
        raise web.HTTPForbidden


async def _account(request: web.Request, visit: Visit) -> Account:
    account = await services(request).store.read(accounts.find, visit.organisation_id, visit.account_id)
    if account is None:
        raise web.HTTPNotFound
    return account

"""A customer's details: what was imported, what they changed, and a form for each section."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web
from wtforms import Form

from portal import pages
from portal.forms import posted
from portal.profile import asking, changing, history
from portal.profile.asking import Asks
from portal.profile.changing import Came, NotTheirs
from portal.profile.forms import SECTIONS, form_of
from portal.profile.history import History
from portal.profile.words import LABELS, listed
from portal.security import proof
from portal.services import services
from portal.visit import Visit
from portal.words import _
from store import accounts, change_requests
from store.accounts import Account
from store.change_requests import Request
from store.profile_fields import Policy


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /profile"""
    return _page(request, visit, await _seen(request, visit))


async def edit(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /profile/{section}: the section as a form; who changes the e-mail address says who they are."""
    section = request.match_info["section"]
    theirs = _check_may_edit(visit, section)
    if "email" in theirs:
        proof.require(visit.session, visit.now, f"/profile/{section}")
    seen = await _seen(request, visit)
    form = form_of(section, theirs, data={field: seen.latest(field) for field in theirs})
    return _page(request, visit, seen, section, form)


async def save(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /profile/{section}: what was posted and is theirs to change; anything else refuses the whole."""
    section = request.match_info["section"]
    theirs, sent = _check_may_edit(visit, section), await posted(request)
    form = form_of(section, [name for name in theirs if name in sent], sent)
    if refused := changing.not_theirs(visit.portal, dict.fromkeys(sent)):
        form.validate()
        return await _refused(request, visit, section, form, refused)
    if not form.validate():
        return _page(request, visit, await _seen(request, visit), section, form, status=400)
    values = {name: str(value) for name, value in form.data.items()}
    if await _needs_proof(request, visit, values):
        form.form_errors.append(
            _("It is a while since you said who you are. Confirm it under Security, then save again.")
        )
        return _page(request, visit, await _seen(request, visit), section, form, status=403)
    service = services(request)
    match await service.store.write(
        changing.change, visit.organisation_id, _asks(request, visit, values), service.provider, visit.now
    ):
        case Came(saved, waits):
            said = "&".join(f"{name}={section}" for name, so in (("saved", saved), ("asked", waits)) if so)
            raise web.HTTPSeeOther(f"/profile?{said}#{section}")
        case NotTheirs(refused):
            return await _refused(request, visit, section, form, refused)
        case None:
            raise web.HTTPNotFound


async def take_back(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /profile/take-back: what waits for approval is wanted no longer."""
    if not visit.may_edit:
        raise web.HTTPForbidden
    asks = _asks(request, visit, {})
    if not await services(request).store.write(asking.take_back, visit.organisation_id, asks, visit.now):
        raise web.HTTPSeeOther("/profile")
    raise web.HTTPSeeOther("/profile?taken-back=1")


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer's details, what waits for approval, and what was changed last."""

    account: Account
    waits: Request | None
    history: History

    def wanted(self, field: str) -> str | None:
        """The value of a field that waits; None: none does."""
        return self.waits.changes[field].wanted if self.waits and field in self.waits.changes else None

    def latest(self, field: str) -> str:
        """What the customer last wrote, approved or not."""
        wanted = self.wanted(field)
        return self.account.value(field) if wanted is None else wanted


def _asks(request: web.Request, visit: Visit, values: dict[str, str]) -> Asks:
    return Asks(visit.account_id, visit.user.id, values, request.remote or "")


async def _refused(
    request: web.Request, visit: Visit, section: str, form: Form, refused: tuple[str, ...]
) -> web.Response:
    """The form again, with what of it is not the customer's to change."""
    known = [name for name in LABELS if name in refused]
    form.form_errors = [
        _("%(fields)s cannot be changed here. Nothing was saved.", fields=listed(known))
        if known
        else _("The name on the account cannot be changed here. Nothing was saved.")
    ]
    return _page(request, visit, await _seen(request, visit), section, form, status=400)


async def _needs_proof(request: web.Request, visit: Visit, values: dict[str, str]) -> bool:
    if "email" not in values or proof.is_proved(visit.session, visit.now):
        return False
    return values["email"] != (await _seen(request, visit)).account.value("email")


def _page(
    request: web.Request,
    visit: Visit,
    seen: Seen,
    section: str = "",
    form: Form | None = None,
    *,
    status: int = 200,
) -> web.Response:
    policies = {field: visit.portal.policy(field) for field in LABELS}
    return pages.render(
        request,
        "profile/profile.html",
        status=status,
        visit=visit,
        account=seen.account,
        seen=seen,
        history=seen.history,
        labels=LABELS,
        sections={
            name: [field for field in fields if policies[field].is_shown] for name, fields in SECTIONS.items()
        },
        theirs={name: theirs(visit, name) for name in SECTIONS},
        approved=[field for field in LABELS if policies[field] is Policy.APPROVE],
        editing=section,
        form=form,
        saved=request.query.get("saved", "") if not section else "",
        asked=request.query.get("asked", "") if not section else "",
        taken_back="taken-back" in request.query,
    )


def theirs(visit: Visit, section: str) -> list[str]:
    """The fields of a section that this visitor may change."""
    if not visit.may_edit:
        return []
    return [field for field in SECTIONS[section] if visit.portal.policy(field).may_change]


def _check_may_edit(visit: Visit, section: str) -> list[str]:
    found = theirs(visit, section)
    if not found:
        raise web.HTTPForbidden
    return found


async def _seen(request: web.Request, visit: Visit) -> Seen:
    seen = await services(request).store.read(_load, visit)
    if seen is None:
        raise web.HTTPNotFound
    return seen


def _load(db: sqlite3.Connection, visit: Visit) -> Seen | None:
    key = visit.organisation_id, visit.account_id
    account = accounts.find(db, *key)
    if account is None:
        return None
    last = history.load(db, visit, history.shown_fields(visit), None)
    return Seen(account, change_requests.of_account(db, *key), last)

"""Sections: the settings that have a page of their own, each one form with "Save changes"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.keys import CLOCK, STORE
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.saving import save
from admin.settings import setting_words
from admin.settings.details_form import DetailsForm
from admin.settings.forms import SeenForm
from admin.settings.paying_preview import preview
from admin.settings.section_forms import CompanyForm, PagesForm, PayingForm, RoundingForm, SignInForm
from admin.settings.seen import Look, look
from portal.forms import fields, posted
from store import portals
from store.portals import Portal
from store.setting_changes import Clash, Clashed


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the settings."""

    name: str
    form: type[SeenForm]
    preview: Callable[[Portal, SeenForm, date], object] | None = None
    """What customers will see of what stands in the form."""


SECTIONS = {
    section.name: section
    for section in (
        Section("pages", PagesForm),
        Section("sign-in", SignInForm),
        Section("details", DetailsForm),
        Section("company", CompanyForm),
        Section("paying", PayingForm, preview),
        Section("rounding", RoundingForm),
    )
}


async def show(request: web.Request) -> web.Response:
    """GET .../{section}"""
    section, seen = _section(request), await _look(request)
    return await _page(request, section, section.form(data={**seen.values, "seen": str(seen.last)}))


async def submit(request: web.Request) -> web.Response:
    """POST .../{section}: keep what was typed, or show it again with what is wrong or what another changed."""
    section = _section(request)
    form = section.form(await posted(request))
    if not form.validate():
        return await _page(request, section, form, status=422)
    if section.preview and "preview" in await fields(request):
        return await _page(request, section, form)
    result = await save(request, form.typed, seen=form.shown_up_to)
    if isinstance(result, Clashed):
        seen = await _look(request)
        again = section.form(data={**result.form, "seen": str(seen.last)})
        return await _page(request, section, again, status=409, clashes=result.clashes)
    raise web.HTTPSeeOther(f"{access_url(organisation_of(request))}/{section.name}?saved=1")


async def _page(
    request: web.Request,
    section: Section,
    form: SeenForm,
    *,
    status: int = 200,
    clashes: tuple[Clash, ...] = (),
) -> web.Response:
    organisation = organisation_of(request)
    shown = await _shown(request, section, form) if section.preview else {}
    return page(
        request,
        f"settings/{section.name.replace('-', '_')}.html",
        status=status,
        organisation=organisation,
        url=access_url(organisation),
        tab=section.name,
        form=form,
        clashes=clashes,
        words=setting_words,
        saved=status == 200 and "saved" in request.query,
        **shown,
    )


async def _shown(request: web.Request, section: Section, form: SeenForm) -> dict[str, object]:
    """The preview of a section that has one."""
    portal = await request.app[STORE].read(portals.find, organisation_of(request).id)
    assert portal and section.preview
    today = request.app[CLOCK]().astimezone(ZoneInfo(portal.time_zone)).date()
    return {"preview": section.preview(portal, form, today), "currency": portal.currency}


def _section(request: web.Request) -> Section:
    return SECTIONS[request.match_info["section"]]


async def _look(request: web.Request) -> Look:
    return await request.app[STORE].read(look, organisation_of(request).id)

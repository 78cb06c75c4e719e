"""Branding: one page with what waits to be published, the pictures, and the form of the draft."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.branding import drafting, words
from admin.branding.drafting import Shown
from admin.branding.forms import BrandForm, seen_text
from admin.branding.places import branding_url
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.settings import setting_words
from admin.settings.theme import colour_of
from admin.wizard.onward import leading
from admin.wizard.progress import BRANDING
from portal.brand.limits import Kind
from portal.forms import fields, posted
from portal.theme import theme_of
from store.brand_drafts import Edited, Gone
from store.setting_changes import Clash, Clashed

DONE = {
    "saved": "The draft is saved. Customers do not see it before you publish it.",
    "published": "Published. Your portal shows it from now on.",
    "discarded": "The draft is discarded. Your portal is as it was.",
}


async def show(request: web.Request) -> web.Response:
    """GET .../branding"""
    done = next((text for name, text in DONE.items() if name in request.query), "")
    return await branding_page(request, done=done)


async def submit(request: web.Request) -> web.Response:
    """POST .../branding: keep what was typed as the draft, or show it with what is wrong or in the way."""
    form = BrandForm(await posted(request))
    if not form.validate():
        return await branding_page(request, form, status=422)
    if "preview" in await fields(request):
        return await branding_page(request, form)
    match await drafting.edit(request, form.typed, form.shown):
        case Clashed(clashes, shown):
            return await branding_page(request, _again(form, shown), status=409, clashes=clashes)
        case Gone():
            again = BrandForm(data={**form.typed, "seen": ""})
            return await branding_page(request, again, status=409, refused=words.GONE)
        case Edited():
            raise web.HTTPSeeOther(f"{branding_url(organisation_of(request))}?saved=1")


async def branding_page(
    request: web.Request,
    form: BrandForm | None = None,
    *,
    status: int = 200,
    done: str = "",
    refused: str = "",
    clashes: Sequence[Clash] = (),
    at_fault: Kind | None = None,
) -> web.Response:
    """The page; `refused` is what stands in the way, of the picture `at_fault` if of any."""
    organisation, shown = organisation_of(request), await drafting.look(request)
    draft = shown.draft
    seen = seen_text(draft.seen)
    form = form or BrandForm(data={**draft.values, "seen": seen})
    form.seen.data = seen if status == 409 or not form.seen.data else form.seen.data
    return page(
        request,
        "branding/index.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=branding_url(organisation),
        access_url=access_url(organisation),
        draft=draft,
        seen=seen,
        rows=_rows(shown),
        slots=[(slot, shown.pictures.get(str(draft.values[slot.kind]))) for slot in words.SLOTS],
        form=form,
        theme=theme_of(form.chosen or colour_of(draft.values["theme_colour"])),
        words=setting_words,
        done=done,
        refused=refused,
        clashes=clashes,
        at_fault=at_fault,
        stages=await leading(request, BRANDING),
    )


def _rows(shown: Shown) -> list[dict[str, object]]:
    """What publishing would change: words, and pictures where there are some."""
    return [
        {
            "name": setting_words.setting(each.name),
            "before": setting_words.value(each.name, each.before),
            "after": setting_words.value(each.name, each.after),
            "is_dark": each.name == Kind.LOGO_DARK,
            "picture_before": shown.pictures.get(str(each.before)),
            "picture_after": shown.pictures.get(str(each.after)),
            "meanwhile": each.meanwhile,
        }
        for each in shown.draft.differences
    ]


def _again(form: BrandForm, shown: dict[str, str | int | bool]) -> BrandForm:
    return BrandForm(data={**form.typed, **shown, "seen": ""})

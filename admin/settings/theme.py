"""Theme: the colour on a page of its own, for while the DNS is waited for, and its preview."""

from aiohttp import web

from admin.keys import RENDERER, STORE
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.saving import save
from admin.settings.forms import ThemeForm
from admin.settings.seen import look
from portal.forms import fields, posted
from portal.theme import DEFAULT, Colour, NotAColour, parse_colour, theme_of
from store.setting_values import Value


async def show(request: web.Request) -> web.Response:
    """GET .../theme"""
    colour = await _kept(request)
    return _page(request, ThemeForm(data={"theme_colour": colour}), colour)


async def submit(request: web.Request) -> web.Response:
    """POST .../theme: keep the colour, or show what it would look like."""
    form = ThemeForm(await posted(request))
    if not form.validate():
        return _page(request, form, await _kept(request), status=422)
    assert form.chosen is not None
    if "preview" in await fields(request):
        return _page(request, form, form.chosen)
    await save(request, form.typed)
    raise web.HTTPSeeOther(f"{access_url(organisation_of(request))}/theme?saved=1")


async def preview(request: web.Request) -> web.Response:
    """GET .../theme/preview?colour=: the strip alone, for the page's script."""
    colour = parse_colour(request.query.get("colour", ""))
    if isinstance(colour, NotAColour):
        raise web.HTTPUnprocessableEntity
    text = request.app[RENDERER].text("settings/preview.html", theme=theme_of(colour))
    return web.Response(text=text, content_type="text/html")


def colour_of(value: Value) -> Colour:
    """A kept colour; ours where it is none."""
    colour = parse_colour(str(value))
    return DEFAULT if isinstance(colour, NotAColour) else colour


def _page(request: web.Request, form: ThemeForm, colour: Colour, status: int = 200) -> web.Response:
    organisation = organisation_of(request)
    return page(
        request,
        "settings/theme.html",
        status=status,
        organisation=organisation,
        url=access_url(organisation),
        form=form,
        theme=theme_of(colour),
        saved=status == 200 and "saved" in request.query,
    )


async def _kept(request: web.Request) -> Colour:
    seen = await request.app[STORE].read(look, organisation_of(request).id)
    return colour_of(seen.values["theme_colour"])

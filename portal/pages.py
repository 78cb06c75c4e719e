"""Pages: a template with what surrounds it: the organisation's brand, the sections, who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from portal import footer, formats, theme
from portal.brand import dress
from portal.errors import Problem
from portal.frame import Frame, Section
from portal.services import BRAND, PORTAL, services
from portal.theme import DEFAULT, Colour, NotAColour
from portal.words import N_, _
from store.portals import Portal
from store.users import Membership

SECTIONS = (
    (N_("Home"), "/"),
    (N_("Invoices"), "/invoices"),
    (N_("Payments"), "/payments"),
    (N_("Calls"), "/calls"),
    (N_("Details"), "/profile"),
)
SWITCHED = ("invoices", "payments", "calls", "profile")
"""The sections that settings can switch off and name."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a signed-in page shows around itself."""

    account: Membership
    accounts: int
    email: str
    csrf: str
    viewing_until: datetime | None = None
    """Staff look as this customer until then, at the organisation's place."""


SURROUNDINGS = web.RequestKey("surroundings", Surroundings)


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page of the portal."""
    return services(request).renderer.page(template, status=status, frame=frame_of(request), **context)


def show_problem(request: web.Request, problem: Problem) -> web.Response:
    """The page for a refusal or a failure."""
    return render(request, "error.html", status=problem.status, problem=problem)


def frame_of(request: web.Request) -> Frame:
    """The frame of a request: bare where no organisation is known."""
    portal = request.get(PORTAL)
    if portal is None:
        return Frame()
    colour = colour_of(portal)
    around = request.get(SURROUNDINGS)
    return Frame(
        brand=portal.name,
        theme_url=f"/theme.css?v={theme.fingerprint(colour)}",
        icon_url=f"/icon.svg?v={theme.fingerprint(colour)}",
        sections=_sections(portal, request.path) if around else (),
        who=around.account.name if around else None,
        who_detail=_("Account %(reference)s", reference=around.account.reference) if around else "",
        choose_url="/accounts" if around and around.accounts > 1 else None,
        sign_out_url="/sign-out" if around and not around.viewing_until else None,
        security_url="/security" if around and not around.viewing_until else None,
        viewing_until=formats.time_of_day(around.viewing_until) if around and around.viewing_until else "",
        csrf=around.csrf if around else "",
        contact=footer.contact(portal),
        links=footer.links(portal),
        off=off_sections(portal),
        may_register=portal.allow_registration,
        **dress.dressed(request[BRAND]),
    )


def colour_of(portal: Portal) -> Colour:
    """The portal's theme colour."""
    colour = theme.parse_colour(portal.theme_colour)
    return DEFAULT if isinstance(colour, NotAColour) else colour


def off_sections(portal: Portal) -> frozenset[str]:
    """The sections that the portal's settings switch off."""
    return frozenset(name for name in SWITCHED if not getattr(portal, f"show_{name}"))


def is_off(portal: Portal, path: str) -> bool:
    """Whether a page belongs to a section that is switched off: the calls of an invoice's line to two."""
    parts = path.strip("/").removesuffix(".csv").split("/")
    return not off_sections(portal).isdisjoint((parts[0], parts[-1]))


def _sections(portal: Portal, path: str) -> tuple[Section, ...]:
    off = off_sections(portal)
    return tuple(
        Section(
            _label(portal, name) or _(ours), url, path == url or (url != "/" and path.startswith(f"{url}/"))
        )
        for ours, url in SECTIONS
        if (name := url.strip("/")) not in off
    )


def _label(portal: Portal, name: str) -> str:
    return str(getattr(portal, f"label_{name}")) if name in SWITCHED else ""

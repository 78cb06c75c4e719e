"""Pages: a template with what surrounds it: the organisation's brand, the sections, who is signed in."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from portal import theme
from portal.errors import Problem
from portal.frame import Frame, Section
from portal.services import PORTAL, services
from portal.theme import DEFAULT, Colour, NotAColour
from store.portals import Portal
from store.users import Membership

SECTIONS = (
    ("Home", "/"),
    ("Invoices", "/invoices"),
    ("Payments", "/payments"),
    ("Calls", "/calls"),
    ("Details", "/profile"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a signed-in page shows around itself."""

    account: Membership
    accounts: int
    email: str
    csrf: str


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
        sections=_sections(request.path) if around else (),
        who=around.account.name if around else None,
        who_detail=f"Account {around.account.reference}" if around else "",
        choose_url="/accounts" if around and around.accounts > 1 else None,
        sign_out_url="/sign-out" if around else None,
        csrf=around.csrf if around else "",
        contact=_contact(portal),
    )


def colour_of(portal: Portal) -> Colour:
    """The portal's theme colour."""
    colour = theme.parse_colour(portal.theme_colour)
    return DEFAULT if isinstance(colour, NotAColour) else colour


def _sections(path: str) -> tuple[Section, ...]:
    return tuple(
        Section(label, url, path == url or (url != "/" and path.startswith(f"{url}/")))
        for label, url in SECTIONS
    )


def _contact(portal: Portal) -> tuple[str, ...]:
    company = (
        ("Company number", portal.company_number),
        ("VAT number", portal.vat_number),
    )
    numbers = tuple(f"{label} {value}" for label, value in company if value)
    return tuple(part for part in (portal.name, portal.phone, portal.email, *numbers) if part)

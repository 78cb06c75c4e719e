"""Pages: a template with the frame around it: the provider's name, the menu, who is signed in."""

from typing import Any

from aiohttp import web

from admin.keys import CLOCK, FACTS, RENDERER, VISITOR, Visitor
from portal.errors import Problem
from portal.frame import Frame, Line, Section
from store.organisations import Organisation
from store.staff import Role

PRODUCT = "Brassplate"
OF_OPERATOR = (
    ("Organisations", "/"),
    ("Console", "/console"),
    ("Names", "/domains"),
    ("Mail", "/mail"),
    ("Staff", "/staff"),
    ("Activity", "/activity"),
)
ICON = "brassplate.svg"


def page(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A template as a page of the console."""
    app = request.app
    return app[RENDERER].page(
        template,
        status=status,
        frame=frame(request),
        facts=app[FACTS],
        now=app[CLOCK](),
        **context,
    )


def show_problem(request: web.Request, problem: Problem) -> web.Response:
    """A refusal or failure as a page."""
    return page(request, "error.html", status=problem.status, problem=problem)


def home_url(organisation: Organisation) -> str:
    """The overview of an organisation."""
    return f"/organisations/{organisation.slug}"


def access_url(organisation: Organisation) -> str:
    """Settings -> Customer Access of an organisation."""
    return f"{home_url(organisation)}/settings/customer-access"


def mailings_url(organisation: Organisation) -> str:
    """The invoices that an organisation mails."""
    return f"{home_url(organisation)}/mailings"


def mail_url(organisation: Organisation) -> str:
    """The outbox of an organisation."""
    return f"{home_url(organisation)}/mail"


def frame(request: web.Request) -> Frame:
    """What surrounds a page, for this visitor."""
    brand = request.app[FACTS].operator_name or PRODUCT
    icon_url = request.app[RENDERER].statics.url(ICON)
    visitor = request.get(VISITOR)
    if visitor is None:
        return Frame(brand=brand, icon_url=icon_url, contact=_contact(request))
    return Frame(
        brand=brand,
        icon_url=icon_url,
        **_menus(visitor, request.path),
        who=visitor.member.email,
        who_detail=_place(visitor),
        sign_out_url="/sign-out",
        security_url="/security",
        csrf=visitor.session.csrf_token,
        contact=_contact(request),
    )


def _place(visitor: Visitor) -> str:
    if visitor.member.role is Role.OPERATOR:
        return "Operator"
    return visitor.organisation.name if visitor.organisation else ""


def _menus(visitor: Visitor, path: str) -> dict[str, Any]:
    """The frame's menus: an organisation's sections; for an operator theirs first."""
    organisation = visitor.organisation
    own = _sections(_of_organisation(organisation), path, visitor.waiting) if organisation else ()
    if visitor.member.role is not Role.OPERATOR:
        return {"sections": own}
    outer = _sections(OF_OPERATOR, path)
    return {"sections": outer, "inner": own, "inner_label": organisation.name if organisation else ""}


def _of_organisation(organisation: Organisation) -> tuple[tuple[str, str], ...]:
    home = home_url(organisation)
    return (
        ("Overview", home),
        ("Customers", f"{home}/customers"),
        ("Billing runs", f"{home}/imports"),
        ("Send invoices", mailings_url(organisation)),
        ("Mail", mail_url(organisation)),
        ("Customer Access", access_url(organisation)),
        ("Branding", f"{home}/branding"),
        ("Staff", f"{home}/staff"),
        ("API", f"{home}/api"),
        ("Data", f"{home}/data"),
        ("Activity", f"{home}/activity"),
    )


def _sections(entries: tuple[tuple[str, str], ...], path: str, waiting: int = 0) -> tuple[Section, ...]:
    current = max(
        (url for _, url in entries if path == url or path.startswith(f"{url}/")), default="", key=len
    )
    return tuple(
        Section(label, url, url == current, waiting if label == "Customers" else 0) for label, url in entries
    )


def _contact(request: web.Request) -> tuple[Line, ...]:
    facts = request.app[FACTS]
    return (Line(f"Need a hand? Write to {facts.support_email}."),) if facts.support_email else ()

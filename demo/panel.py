"""Harbourside DNS: a page that plays the control panel of a DNS host, by plain forms and 303s."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from demo import inbox, records
from demo.guard import guard
from demo.mistakes import Mishaps, Mistake
from demo.panel_words import DONE, MISTAKES, OUTCOMES, TTLS
from demo.questions import Questions
from demo.records import DEFAULT_TTL, POINTERS, Record, Refused
from demo.zone import NAME_SERVERS, Fault, Zone
from store import hostname
from store.hostname import Hostname, NotAHostname

_HERE = Path(__file__).parent
_QUESTIONS_SHOWN = 12
_BODY_LIMIT = 16 * 1024


@dataclass(slots=True)
class Desk:
    """What the panel works on and remembers: the domains opened, and where each name was meant to point."""

    zone: Zone
    questions: Questions
    target: str
    mishaps: Mishaps
    changed: Callable[[], None]
    opened: dict[Hostname, None] = field(default_factory=dict)
    intents: dict[Hostname, tuple[str, str]] = field(default_factory=dict)

    def domains(self) -> list[Hostname]:
        """The domains someone opened, entered records for or asked about, but not the provider's own."""
        every = dict.fromkeys([*reversed(self.opened), *self.zone.domains(), *self.questions.domains()])
        return [domain for domain in every if not self.zone.is_own(domain)]

    def intent(self, domain: Hostname) -> tuple[str, str]:
        """The relative name and the target that the mistakes start from."""
        return self.intents.get(domain, ("billing", self.target))

    def awaited(self, domain: Hostname) -> str:
        """The relative name that was opened and points nowhere yet: the one to add a record for; or nothing."""
        name = self.intents[domain][0] if domain in self.intents else ""
        pointed = {
            records.relative_name(domain, r.name) for r in self.zone.records(domain) if r.type in POINTERS
        }
        return "" if name in pointed else name


DESK = web.AppKey("desk", Desk)


def build(
    zone: Zone,
    questions: Questions,
    *,
    target: str,
    store: Path,
    changed: Callable[[], None] = lambda: None,
) -> web.Application:
    """The panel of a zone; `target` is where names should point when nobody typed anything better.

    `store` is the demo's, whose outbox the inbox shows.
    `changed` is called after each change of the zone.
    """
    app = web.Application(middlewares=[guard], client_max_size=_BODY_LIMIT)
    app[DESK] = Desk(zone, questions, target, Mishaps(zone), changed)
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = hostname.shown
    environment.globals["servers"] = NAME_SERVERS
    app[inbox.STORE] = store
    app.add_routes(inbox.routes())
    app.router.add_get("/", _domains, name="domains")
    app.router.add_post("/open", _open, name="open")
    app.router.add_get("/zones/{domain}", _zone, name="zone")
    app.router.add_post("/zones/{domain}/add", _add, name="add")
    app.router.add_post("/zones/{domain}/remove", _remove, name="remove")
    app.router.add_post("/zones/{domain}/mistake", _mistake, name="mistake")
    app.router.add_static("/static", _HERE / "static", name="static")
    return app


async def _domains(request: web.Request) -> web.Response:
    return _page(request, "domains.html", {"typed": "", "error": None})


async def _open(request: web.Request) -> web.Response:
    form = await _form(request)
    typed = form.get("domain", "")
    name = hostname.parse(typed)
    if isinstance(name, NotAHostname):
        return _page(request, "domains.html", {"typed": typed, "error": name.reason}, status=422)
    domain = hostname.registered_domain(name)
    if domain is None:
        error = "nobody can register this; type a domain below it"
        return _page(request, "domains.html", {"typed": typed, "error": error}, status=422)
    desk = request.app[DESK]
    new = domain not in desk.opened and not desk.zone.records(domain) and not desk.zone.is_own(domain)
    desk.opened.pop(domain, None)
    desk.opened[domain] = None
    if name != domain and domain not in desk.intents:
        desk.intents[domain] = (records.relative_name(domain, name), desk.target)
    raise _see(request, domain, "registered" if new else "")


async def _zone(request: web.Request) -> web.Response:
    domain = _domain(request)
    name = request.app[DESK].awaited(domain)
    return _zone_page(request, domain, {"type": "CNAME", "name": name, "ttl": str(DEFAULT_TTL)}, None)


async def _add(request: web.Request) -> web.Response:
    domain, form = _editable(request), await _form(request)
    kind, name, value, ttl = (form.get(key, "") for key in ("type", "name", "value", "ttl"))
    record = records.parse(domain, kind, name, value, ttl)
    desk = request.app[DESK]
    refused = record if isinstance(record, Refused) else _conflict(desk.zone, domain, record)
    if refused or isinstance(record, Refused):
        return _zone_page(request, domain, form, refused)
    desk.zone.add(record)
    desk.opened.setdefault(domain)
    if record.type in ("CNAME", "ALIAS"):
        desk.intents[domain] = (records.relative_name(domain, record.name), record.value.removesuffix("."))
    desk.changed()
    raise _see(request, domain, "added")


async def _remove(request: web.Request) -> web.Response:
    domain, form = _editable(request), await _form(request)
    desk = request.app[DESK]
    wanted = tuple(form.get(key, "") for key in ("name", "type", "value"))
    for record in desk.zone.records(domain):
        if (record.name, record.type, record.value) == wanted:
            desk.zone.remove(record)
    desk.changed()
    raise _see(request, domain, "removed")


async def _mistake(request: web.Request) -> web.Response:
    domain, form = _editable(request), await _form(request)
    desk = request.app[DESK]
    key, typed = form.get("mistake", ""), form.get("name", "")
    name = records.absolute_name(domain, typed)
    target = hostname.parse(form.get("target", ""))
    if isinstance(name, Refused) or isinstance(target, NotAHostname):
        what = "name" if isinstance(name, Refused) else "target"
        error = Refused(f"mistake-{what}", "type a host name here first")
        return _zone_page(request, domain, {"type": "CNAME", "ttl": str(DEFAULT_TTL)}, error)
    if key != "right" and key not in {choice.mistake.value for choice in MISTAKES}:
        raise web.HTTPBadRequest(text="No such button.\n")
    desk.mishaps.make(None if key == "right" else Mistake(key), name, domain, target)
    desk.opened.setdefault(domain)
    desk.intents[domain] = (records.relative_name(domain, name), target)
    desk.changed()
    raise _see(request, domain, key)


def _conflict(zone: Zone, domain: Hostname, record: Record) -> Refused | None:
    """What a DNS host refuses: a CNAME at the apex or beside anything else (RFC 1034 3.6.2)."""
    others = [r for r in zone.records(domain) if r.name == record.name and r.value != record.value]
    if record.type == "CNAME" and record.name == domain:
        return Refused("type", "a CNAME cannot stand at the domain itself; use ALIAS, or A and AAAA")
    if record.type == "CNAME" and others:
        return Refused(
            "name", f"{record.name} has other records, and a CNAME stands alone; delete them first"
        )
    if any(r.type == "CNAME" for r in others):
        return Refused("name", f"{record.name} is a CNAME, which stands alone; delete it first")
    return None


def _zone_page(
    request: web.Request, domain: Hostname, form: dict[str, str], error: Refused | None
) -> web.Response:
    desk = request.app[DESK]
    name, target = desk.intent(domain)
    held = [(r, records.relative_name(domain, r.name)) for r in desk.zone.records(domain)]
    context: dict[str, Any] = {
        "domain": domain,
        "records": held,
        "editable": not desk.zone.is_own(domain),
        "fault": desk.zone.fault(domain),
        "form": {"type": "CNAME", "name": "", "value": "", "ttl": ""} | form,
        "error": error,
        "done": DONE.get(request.query.get("done", "")),
        "types": records.TYPES,
        "ttls": TTLS,
        "mistakes": MISTAKES,
        "practising": _is_practising(request, desk.zone.fault(domain), error),
        "intent": {"name": name, "target": target},
        "questions": desk.questions.about(domain, _QUESTIONS_SHOWN),
        "outcomes": OUTCOMES,
    }
    return _page(request, "zone.html", context, status=422 if error else 200)


def _is_practising(request: web.Request, fault: Fault | None, error: Refused | None) -> bool:
    """Whether the mistakes are in use, and so are not folded away."""
    if error:
        return error.field.startswith("mistake-")
    return fault is not None or request.query.get("done") in {choice.mistake.value for choice in MISTAKES}


def _page(request: web.Request, template: str, context: dict[str, Any], status: int = 200) -> web.Response:
    desk = request.app[DESK]
    domains = [(domain, len(desk.zone.records(domain))) for domain in desk.domains()]
    shared = {"domains": domains}
    return aiohttp_jinja2.render_template(template, request, shared | context, status=status)


def _domain(request: web.Request) -> Hostname:
    name = hostname.canonical(request.match_info["domain"])
    if name is None or hostname.registered_domain(name) != name:
        raise web.HTTPNotFound(text="No such domain here.\n")
    return name


def _editable(request: web.Request) -> Hostname:
    domain = _domain(request)
    if request.app[DESK].zone.is_own(domain):
        raise web.HTTPForbidden(text="This domain belongs to someone else.\n")
    return domain


async def _form(request: web.Request) -> dict[str, str]:
    return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}


def _see(request: web.Request, domain: Hostname, done: str = "") -> web.HTTPSeeOther:
    url = request.app.router["zone"].url_for(domain=domain)
    return web.HTTPSeeOther(url.with_query(done=done) if done else url)

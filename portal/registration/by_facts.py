"""Registering by what an invoice says; right or wrong, the answer is the same, and comes as fast."""

from datetime import datetime

from aiohttp import web

from portal import open_page, throttle
from portal.forms import posted
from portal.later import later
from portal.registration import allowed, mail_check
from portal.registration.forms import FactsForm
from portal.security.words import waiting
from portal.services import services
from portal.words import _
from store.registrations import Facts


async def show(request: web.Request) -> web.StreamResponse:
    """GET /register"""
    allowed.check(request)
    return _page(request, FactsForm())


async def claim(request: web.Request) -> web.StreamResponse:
    """POST /register: what is right leads to a mail, and nothing else tells."""
    portal = allowed.check(request)
    await open_page.check(request)
    form, service = FactsForm(await posted(request)), services(request)
    if not form.validate():
        return _page(request, form, status=400)
    facts = Facts(form.reference.data or "", form.number.data or "", form.total.data or "")
    email = form.email.data or ""
    if wait := await throttle.claims(request, facts.reference, email):
        return _asked_to_wait(request, form, wait.until)
    check = service.store.write(
        mail_check.after_facts, portal.organisation_id, facts, email, service.provider, service.clock()
    )
    later(request, check, "check a claim")
    return _page(request, form, sent_to=email)


def _page(request: web.Request, form: FactsForm, *, status: int = 200, sent_to: str = "") -> web.Response:
    return open_page.show(request, "registration/facts.html", status=status, form=form, sent_to=sent_to)


def _asked_to_wait(request: web.Request, form: FactsForm, until: datetime) -> web.Response:
    wait = waiting(until, services(request).clock())
    not_looked = _("What you entered was not looked at this time.")
    form.form_errors.append(f"{wait.sentence} {not_looked}")
    response = _page(request, form, status=429)
    response.headers["Retry-After"] = str(wait.seconds)
    return response

"""Connecting: the page of a name on its way to live, and what its buttons send; for any name of an organisation's."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, FACTS, OPERATIONS, STORE, VISITOR
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.wizard import mailing
from admin.wizard.evidence import groups
from admin.wizard.forms import MailForm
from admin.wizard.looks import LOOKS
from admin.wizard.steps import Facts
from admin.wizard.streams import STREAMS, Moment
from admin.wizard.telling import connection, moment
from portal.formats import relative
from portal.forms import posted
from store import audit, domain_history, status_links
from store.hostname import Hostname
from store.organisations import Organisation
from store.signin import Wait

ACCESS = "/organisations/{slug}/settings/customer-access"
CHECKED = "domain.checked"


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages and buttons of one name, below Customer Access at `path` (empty: the portal's own address).

    `facts` finds the name anew for each request; a `template` of one's own extends wizard/connect.html.
    """

    path: str
    facts: Callable[[sqlite3.Connection, int], Facts]
    template: str = "wizard/connect.html"

    def routes(self) -> list[web.RouteDef]:
        """What the page of a name needs besides itself, which `show` makes."""
        at = ACCESS + self.path
        return [
            web.get(f"{at}/status", self.status),
            web.get(f"{at}/events", self.events),
            web.get(f"{at}/answers", self.answers),
            web.post(f"{at}/domain/check", self.check),
            web.post(f"{at}/domain/mail", self.mail),
            web.post(f"{at}/domain/links/{{link:[0-9]{{1,15}}}}/revoke", self.revoke),
        ]

    def url(self, organisation: Organisation) -> str:
        """Where the page is, and below what it posts to."""
        return access_url(organisation) + self.path

    async def show(
        self, request: web.Request, facts: Facts, *, status: int = 200, **more: Any
    ) -> web.Response:
        """The page of a name: how it stands, what to do, the records."""
        organisation, domain = organisation_of(request), facts.domain
        assert domain
        now = request.app[CLOCK]()
        shown = await connection(facts, domain, request.app[FACTS], now)
        links = await request.app[STORE].read(status_links.of_name, organisation.id, domain.hostname, now)
        return page(
            request,
            self.template,
            status=status,
            organisation=organisation,
            zone=ZoneInfo(organisation.time_zone),
            url=self.url(organisation),
            access_url=access_url(organisation),
            connection=shown,
            standing=facts.standing,
            links=links,
            mailed="mailed" in request.query,
            tab="",
            **{"mail_form": MailForm(), "stages": (), **more},
        )

    async def status(self, request: web.Request) -> web.Response:
        """GET .../status: where it stands, for scripts that cannot follow the events."""
        now = await self._moment(request)
        if now is None:
            raise web.HTTPNotFound
        return web.json_response(now.told)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """GET .../events: what changes, as it changes; the name is looked at for as long as somebody listens."""
        organisation = organisation_of(request)
        domain = (await self._facts(request)).domain
        if domain is None:
            raise web.HTTPNotFound
        streams, who = request.app[STREAMS], request[VISITOR].session.token_hash
        with streams.taken(who, organisation.id), request.app[OPERATIONS].follow(domain.hostname):
            return await streams.send(request, lambda: self._moment(request, domain.hostname))

    async def answers(self, request: web.Request) -> web.Response:
        """GET .../answers: everything that the last look saw, question by question."""
        organisation = organisation_of(request)
        domain = (await self._facts(request)).domain
        if domain is None:
            raise web.HTTPNotFound
        survey = await request.app[STORE].read(domain_history.last_survey, domain.hostname)
        return page(
            request,
            "wizard/answers.html",
            organisation=organisation,
            zone=ZoneInfo(organisation.time_zone),
            back_url=self.url(organisation),
            domain=domain,
            survey=survey,
            groups=groups(survey) if survey else (),
        )

    async def check(self, request: web.Request) -> NoReturn:
        """POST .../domain/check: look at the DNS now; what is right goes on by itself."""
        organisation = organisation_of(request)
        domain = (await self._facts(request)).domain
        if domain:
            found = await request.app[LOOKS].look(domain)
            entry = deed(request, organisation, CHECKED, domain.hostname, code=found.code)
            await request.app[STORE].write(audit.record, entry)
        raise web.HTTPSeeOther(f"{self.url(organisation)}#state")

    async def mail(self, request: web.Request) -> web.Response:
        """POST .../domain/mail: the records to whoever runs the DNS, with a private link to this name's state."""
        organisation, facts = organisation_of(request), await self._facts(request)
        if facts.domain is None:
            raise web.HTTPSeeOther(self.url(organisation))
        form, now, name = MailForm(await posted(request)), request.app[CLOCK](), facts.domain.hostname
        if not form.validate():
            return await self.show(request, facts, status=422, mail_form=form)
        records = (await connection(facts, facts.domain, request.app[FACTS], now)).records
        asked = mailing.Request(name, records, form.email.data or "")
        entry = deed(request, organisation, mailing.MAILED, name, to=asked.recipient)
        sent = await request.app[STORE].write(
            mailing.send, organisation, asked, request.app[FACTS].mail, entry, now
        )
        if isinstance(sent, Wait):
            form.email.errors = [
                f"Many mails were sent already. The next one can go {relative(sent.until, now)}."
            ]
            return await self.show(request, facts, status=429, mail_form=form)
        raise web.HTTPSeeOther(f"{self.url(organisation)}?mailed=1#mail")

    async def revoke(self, request: web.Request) -> NoReturn:
        """POST .../domain/links/{link}/revoke: a private link opens nothing any more."""
        organisation, link_id = organisation_of(request), int(request.match_info["link"])
        entry = deed(request, organisation, mailing.REVOKED, f"status link {link_id}")
        if not await request.app[STORE].write(mailing.revoke, organisation.id, link_id, entry):
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(f"{self.url(organisation)}#mail")

    async def _facts(self, request: web.Request) -> Facts:
        return await request.app[STORE].read(self.facts, organisation_of(request).id)

    async def _moment(self, request: web.Request, hostname: Hostname | None = None) -> Moment | None:
        """What is told now; None once the page is about no name, or another than was asked for."""
        facts = await self._facts(request)
        if facts.domain is None or hostname not in (None, facts.domain.hostname):
            return None
        return moment(facts, facts.domain, request.app[CLOCK]())

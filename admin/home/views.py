"""Home: the operator's list of organisations, and an organisation's overview."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.keys import CLOCK, STORE, VISITOR
from admin.pages import access_url, home_url, page
from admin.rights import organisation_of
from admin.wizard.facts import facts_of
from admin.wizard.steps import Phase, Position, Step, position
from store import customers, organisations
from store.hostname import Hostname
from store.organisations import Organisation
from store.staff import Role


@dataclass(frozen=True, slots=True)
class Row:
    """An organisation with its portal's address and where that stands."""

    organisation: Organisation
    hostname: Hostname | None
    position: Position

    @property
    def word(self) -> str:
        """The state in a word or two, for a table."""
        if self.organisation.suspended:
            return "Suspended"
        if self.position.step is Step.LIVE:
            return "Live" if self.position.phase is Phase.DONE else "Live, record lost"
        return _WORDS[self.position.step]

    @property
    def tone(self) -> str:
        """The colour that goes with the word."""
        if self.organisation.suspended or self.position.step is Step.ENABLE:
            return "void"
        match self.position.phase:
            case Phase.DONE:
                return "good"
            case Phase.STOPPED:
                return "bad" if self.position.step in (Step.LIVE, Step.COMPLETE) else "warn"
            case Phase.OURS:
                return "busy"
            case Phase.YOURS:
                return "warn"

    @property
    def home_url(self) -> str:
        return home_url(self.organisation)

    @property
    def access_url(self) -> str:
        return access_url(self.organisation)


_WORDS = {
    Step.ENABLE: "Switched off",
    Step.CHOOSE: "No address yet",
    Step.RECORD: "Waiting for DNS",
    Step.COMPLETE: "Completing",
}


async def start(request: web.Request) -> web.Response:
    """GET /: the operator's list; an admin is led to their organisation."""
    member = request[VISITOR].member
    store, now = request.app[STORE], request.app[CLOCK]()
    if member.role is Role.OPERATOR:
        return page(request, "home/organisations.html", rows=await store.read(_rows, now))
    assert member.organisation_id is not None
    own = await store.read(organisations.by_id, member.organisation_id)
    assert own is not None
    raise web.HTTPSeeOther(home_url(own))


async def overview(request: web.Request) -> web.Response:
    """GET /organisations/{slug}"""
    row = await request.app[STORE].read(_row, organisation_of(request), request.app[CLOCK]())
    is_operator = request[VISITOR].member.role is Role.OPERATOR
    return page(
        request,
        "home/overview.html",
        row=row,
        numbers=await request.app[STORE].read(customers.numbers, row.organisation.id),
        waiting=request[VISITOR].waiting,
        suspension_url=f"{row.home_url}/suspension" if is_operator else None,
    )


def _rows(db: sqlite3.Connection, now: datetime) -> list[Row]:
    return [_row(db, organisation, now) for organisation in organisations.every(db)]


def _row(db: sqlite3.Connection, organisation: Organisation, now: datetime) -> Row:
    facts = facts_of(db, organisation.id)
    return Row(organisation, facts.domain.hostname if facts.domain else None, position(facts, now))

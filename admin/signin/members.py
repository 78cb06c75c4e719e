"""Members: the people of the staff, as signing in asks for them, and the ground that they sign in on."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Handler

from admin.keys import CLOCK, FACTS, PASSWORDS, STORE, VAULT, VISITOR
from admin.pages import PRODUCT, page
from portal import mail, sessions
from portal.mail.notices import Happened
from portal.security import devices
from portal.security.ground import Ground, View
from portal.security.realm import Holder, Person
from portal.tenancy import HOSTNAME
from store import staff
from store.outbox import Message
from store.owner import Owner
from store.sessions import IDLE
from store.staff import Member, Role

ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Members:
    """Everybody of the staff who has chosen a password."""

    @property
    def key(self) -> str:
        return "staff"

    @property
    def outbox_of(self) -> None:
        return None

    def by_email(self, db: sqlite3.Connection, email: str) -> Person | None:
        return _person(staff.by_email(db, email))

    def by_owner(self, db: sqlite3.Connection, owner: Owner) -> Person | None:
        assert owner.staff_id is not None
        return _person(staff.by_id(db, owner.staff_id))

    def keep_password(self, db: sqlite3.Connection, owner: Owner, password_hash: str) -> None:
        assert owner.staff_id is not None
        staff.keep_password(db, owner.staff_id, password_hash)

    def seen(self, db: sqlite3.Connection, owner: Owner, now: datetime) -> None:
        assert owner.staff_id is not None
        staff.seen(db, owner.staff_id, now)


def person_of(member: Member) -> Person:
    """A member as somebody who signs in."""
    return Person(member.owner, member.email, member.password_hash, member.organisation_id)


def ground(request: web.Request) -> Ground:
    """What staff sign in on: the console."""
    app = request.app
    return Ground(
        store=app[STORE],
        clock=app[CLOCK],
        passwords=app[PASSWORDS],
        vault=app[VAULT],
        realm=Members(),
        host=request[HOSTNAME],
        name=app[FACTS].operator_name or PRODUCT,
        idle=IDLE,
        asks_for_factor=_asks_for_factor(request),
        zone=ZONE,
        page=page,
        notice=_notice,
    )


def _asks_for_factor(request: web.Request) -> bool:
    visitor = request.get(VISITOR)
    is_operator = visitor is not None and visitor.member.role is Role.OPERATOR
    return is_operator and request.app[FACTS].require_second_factor


def own(view: View) -> Handler:
    """A handler for a page of the visitor's own sign-in."""

    async def handle(request: web.Request) -> web.StreamResponse:
        visitor = request[VISITOR]
        return await view(request, ground(request), Holder(person_of(visitor.member), visitor.session))

    return handle


def _person(member: Member | None) -> Person | None:
    return person_of(member) if member and not member.invited else None


async def _notice(request: web.Request, person: Person, happened: Happened) -> Message | None:
    if not mail.is_address(person.email):  # who was added by a command may sign in with any name
        return None
    provider = request.app[FACTS].mail
    letter = mail.notices.security(
        mail.of_provider(provider),
        happened,
        at=request.app[CLOCK](),
        zone=ZONE,
        address=request.remote or "",
        agent=devices.words(sessions.agent_of(request)),
        path="/security",
    )
    return letter.to(person.email, mail.provider_sender(provider))

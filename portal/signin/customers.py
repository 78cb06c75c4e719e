"""Customers: the people of an organisation's portal, as signing in asks for them."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from portal import mail, pages, sessions
from portal.mail.notices import Happened
from portal.security import devices
from portal.security.ground import Ground
from portal.security.realm import Person
from portal.services import PORTAL, services
from portal.tenancy import HOSTNAME
from store import users
from store.origins import canonical_origin
from store.outbox import Message
from store.owner import Owner, of_user
from store.users import Status, User


@dataclass(frozen=True, slots=True)
class Customers:
    """The active users of one organisation."""

    organisation_id: int

    @property
    def key(self) -> str:
        return f"organisation:{self.organisation_id}"

    @property
    def outbox_of(self) -> int:
        return self.organisation_id

    def by_email(self, db: sqlite3.Connection, email: str) -> Person | None:
        return self._person(users.by_email(db, self.organisation_id, email))

    def by_owner(self, db: sqlite3.Connection, owner: Owner) -> Person | None:
        assert owner.user_id is not None
        return self._person(users.by_id(db, self.organisation_id, owner.user_id))

    def keep_password(self, db: sqlite3.Connection, owner: Owner, password_hash: str) -> None:
        assert owner.user_id is not None
        users.keep_password(db, self.organisation_id, owner.user_id, password_hash)

    def seen(self, db: sqlite3.Connection, owner: Owner, now: datetime) -> None:
        assert owner.user_id is not None
        users.signed_in(db, self.organisation_id, owner.user_id, now, None)

    def _person(self, user: User | None) -> Person | None:
        if user is None or user.status is not Status.ACTIVE:
            return None
        return person_of(self.organisation_id, user)


def person_of(organisation_id: int, user: User) -> Person:
    """A user as somebody who signs in."""
    return Person(of_user(organisation_id, user.id), user.email, user.password_hash, organisation_id)


def ground(request: web.Request) -> Ground:
    """What customers sign in on: the portal of the request."""
    service, portal = services(request), request[PORTAL]
    return Ground(
        store=service.store,
        clock=service.clock,
        passwords=service.passwords,
        vault=service.vault,
        realm=Customers(portal.organisation_id),
        host=request[HOSTNAME],
        name=portal.name,
        idle=sessions.idle(request),
        asks_for_factor=portal.require_second_factor,
        zone=ZoneInfo(portal.time_zone),
        page=pages.render,
        notice=_notice,
        is_portal=True,
    )


async def _notice(request: web.Request, person: Person, happened: Happened) -> Message | None:
    service, portal = services(request), request[PORTAL]
    origin = await service.store.read(canonical_origin, portal.organisation_id, service.provider.public_port)
    if origin is None or not mail.is_address(person.email):
        return None
    letter = mail.notices.security(
        mail.of_portal(portal, origin),
        happened,
        at=service.clock(),
        zone=ZoneInfo(portal.time_zone),
        address=request.remote or "",
        agent=devices.shown_of(sessions.agent_of(request)),
        path="/security",
    )
    return letter.to(person.email, mail.sender_of(portal, service.provider), user_id=person.owner.user_id)

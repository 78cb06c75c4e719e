"""Newcomer: somebody who just became a user is signed in, with a session of their own and nobody's before it."""

import sqlite3
from dataclasses import dataclass, replace

from aiohttp import web

from portal import sessions
from portal.security.ground import Ground, ground_of
from portal.services import PORTAL, services
from portal.sessions import NewSession
from portal.signin import entry
from portal.signin.views import onward
from portal.tenancy import HOSTNAME
from store import owner
from store import sessions as stored_sessions
from store.sessions import Session


@dataclass(frozen=True, slots=True)
class Door:
    """What it takes to let a newcomer in; made before the transaction that makes them a user."""

    ground: Ground
    by: str
    token: str
    session: Session
    replaced: bytes | None

    def let_in(self, db: sqlite3.Connection, organisation_id: int, user_id: int) -> NewSession | None:
        """Keep the session of who is a user now; None: they may not sign in."""
        of = owner.of_user(organisation_id, user_id)
        person = self.ground.realm.by_owner(db, of)
        if person is None:
            return None
        if self.replaced:
            stored_sessions.remove(db, self.replaced)
        session = replace(self.session, organisation_id=organisation_id, user_id=user_id)
        return NewSession(self.token, entry.let_in(db, self.ground.realm, person, session, self.by))


def door(request: web.Request, by: str) -> Door:
    """For who comes by an invitation, or a registration."""
    host, organisation_id = request[HOSTNAME], request[PORTAL].organisation_id
    nobody = owner.of_user(organisation_id, 0)
    new = sessions.of_owner(request, host, nobody, services(request).clock())
    replaced = sessions.hash_of(request, host)
    return Door(ground_of(request), by, new.token, new.session, replaced)


def welcome(new: NewSession) -> web.HTTPSeeOther:
    """To their first page."""
    return onward(new, "/")

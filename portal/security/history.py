"""History: when somebody signed in, how and from where, and who tried to with what was wrong."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from portal.security import devices
from portal.security.ground import Ground
from portal.security.realm import Holder, Person
from portal.signin import failing
from portal.signin.entry import SIGNED_IN
from portal.words import N_
from store import audit, failed_signins
from store.audit import Wanted
from store.failed_signins import LASTS, MOST

URL = "/security/history"
BY = {
    "password": N_("Password"),
    "code": N_("Password and app code"),
    "recovery_code": N_("Password and recovery code"),
    "mailed code": N_("Mailed code or link"),
    "invitation": N_("Invitation"),
    "registration": N_("Registration"),
}
"""How somebody came in, as the audit says it."""
WRONG = {
    failing.PASSWORD: N_("Wrong password"),
    failing.CODE: N_("Wrong second step"),
    failing.MAILED_CODE: N_("Wrong mailed code"),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in, or one that failed; `how` is marked."""

    at: datetime
    succeeded: bool
    how: str
    device: str
    address: str


async def show(request: web.Request, ground: Ground, holder: Holder) -> web.StreamResponse:
    """GET /security/history"""
    attempts = await ground.store.read(of_person, holder.person, ground.clock())
    return ground.page(
        request,
        "security/history.html",
        attempts=attempts,
        zone=ground.zone,
        days=LASTS.days,
        most=MOST,
        device=devices.shown,
    )


def of_person(db: sqlite3.Connection, person: Person, now: datetime) -> list[Attempt]:
    """The last of both kinds, the newest first."""
    wanted = Wanted(actors=(person.owner.actor,), action=person.action(SIGNED_IN), since=now - LASTS)
    came = [kept.entry for kept in audit.page(db, person.organisation_id, wanted, None, MOST)]
    good = [
        Attempt(one.at, True, BY.get(one.detail.get("by", ""), ""), one.detail.get("with", ""), one.address)
        for one in came
    ]
    bad = [
        Attempt(one.at, False, WRONG.get(one.gave, ""), one.device, one.address)
        for one in failed_signins.of_owner(db, person.owner, now)
    ]
    return sorted(good + bad, key=lambda attempt: attempt.at, reverse=True)

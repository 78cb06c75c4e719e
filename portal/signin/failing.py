"""Failing: what was wrong at a sign-in is written down for whose it is, once the answer has left.

For an address that nobody has, the same is done but for the row: the answer's time tells nothing of either.
"""

import sqlite3

from aiohttp import web

from portal import sessions
from portal.later import later
from portal.security import devices
from portal.security.ground import Ground
from store import failed_signins
from store.failed_signins import Failure
from store.owner import Owner

PASSWORD = "password"
CODE = "code"
MAILED_CODE = "mailed code"


def note(request: web.Request, ground: Ground, owner: Owner | None, gave: str) -> None:
    """Write that somebody gave this, and that it was wrong; None: nobody was meant."""
    device = devices.words(sessions.agent_of(request))
    failure = Failure(ground.clock(), gave, device, request.remote or "")
    later(request, ground.store.write(_keep, owner, failure), "write a failed sign-in down")


def _keep(db: sqlite3.Connection, owner: Owner | None, failure: Failure) -> None:
    if owner is not None:
        failed_signins.keep(db, owner, failure)

"""Access: whose request it is, by its bearer token, and whether that token may do this.

Unknown, revoked and expired tokens get the same answer. Who shows many of them waits longer and longer;
a good token from the same network is answered all the same.
"""

import re
import sqlite3
from math import ceil

from aiohttp import web

from admin.api.keys import CLOCK, STORE, Caller
from admin.api.problems import ProblemRaised
from store import api_tokens, organisations, signin
from store.instants import Clock
from store.signin import Wait

_BEARER = re.compile(r"Bearer +(\S+) *\Z", re.IGNORECASE)
_CHALLENGE = 'Bearer realm="brassplate"'


async def caller_of(request: web.Request) -> Caller:
    """Whose token this is; 401 without a good one, 403 for an organisation that is suspended."""
    shown = _shown(request)
    store, clock = request.app[STORE], request.app[CLOCK]
    caller = await store.read(_look_up, shown, clock) if shown else None
    if caller is None:
        await _count_failure(request, shown)
        raise _unauthorised(shown)
    if caller.organisation.suspended:
        raise ProblemRaised(
            "suspended",
            "The provider has suspended this organisation: nothing is read or written for it until it is resumed.",
        )
    now = clock()
    if caller.token.use_is_due(now):
        await store.write(api_tokens.note_use, caller.organisation.id, caller.token.id, now)
    return caller


def require(caller: Caller, scope: str) -> None:
    """403 unless the token has this scope."""
    if scope not in caller.token.scopes:
        raise ProblemRaised(
            "scope-missing",
            f"This needs the scope {scope}, which the token does not have; make a token that has it.",
        )


def _shown(request: web.Request) -> str:
    given = request.headers.getall("Authorization", [])
    match = _BEARER.match(given[0]) if len(given) == 1 else None
    return match[1] if match else ""


def _look_up(db: sqlite3.Connection, shown: str, clock: Clock) -> Caller | None:
    token = api_tokens.find(db, shown, clock())
    organisation = organisations.by_id(db, token.organisation_id) if token else None
    return Caller(token, organisation) if token and organisation else None


async def _count_failure(request: web.Request, shown: str) -> None:
    if not shown:
        return
    network = signin.network_subject("api", request.remote or "")
    now = request.app[CLOCK]()
    wait = await request.app[STORE].write(signin.begin, (network,), now)
    if isinstance(wait, Wait):
        raise ProblemRaised(
            "too-many-requests",
            "Many tokens that are not good came from your network; wait, and use one that is.",
            headers={"Retry-After": str(max(1, ceil((wait.until - now).total_seconds())))},
        )


def _unauthorised(shown: str) -> ProblemRaised:
    if shown:
        return ProblemRaised(
            "unauthorised",
            "The token is unknown, was revoked or has expired.",
            headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
        )
    return ProblemRaised(
        "unauthorised",
        "Send the header “Authorization: Bearer” with a token of your organisation.",
        headers={"WWW-Authenticate": _CHALLENGE},
    )

"""Throttle: how often mails may be asked for, and claims made, of one address, one network, one organisation.

An attempt counts before anything is looked at, and whether it was right or wrong, so that no answer tells.
"""

from datetime import timedelta

from aiohttp import web

from portal.services import PORTAL, services
from store import signin
from store.signin import Patience, Subject, Wait
from store.users import canonical_email

MAILS = Patience(3, timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1))
"""To one address."""
CLAIMS = Patience(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1))
"""About one customer."""
NETWORK = Patience(10, timedelta(seconds=10), timedelta(minutes=15), timedelta(hours=1))
WHOLE = Patience(200, timedelta(seconds=2), timedelta(seconds=30), timedelta(hours=1))
"""Of one organisation: who guesses from many networks at once is slowed, and everybody waits seconds at most."""


async def mails(request: web.Request, email: str) -> Wait | None:
    """Count that a mail is asked for, or say until when none is sent."""
    return await _count(request, "mails", ((email, MAILS),))


async def claims(request: web.Request, reference: str, email: str) -> Wait | None:
    """Count that somebody says what is on a customer's invoice, or say until when nobody is listened to."""
    return await _count(request, "claims", ((reference, CLAIMS), (email, MAILS), ("", WHOLE)))


async def codes(request: web.Request) -> Wait | None:
    """Count that a mailed code or link is tried, or say until when none is looked at."""
    service = services(request)
    return await service.store.write(signin.begin, of_codes(request), service.clock())


def of_codes(request: web.Request) -> tuple[Subject, ...]:
    """What a mailed code or link was counted by: a right one gives it back, however many come in an hour."""
    return _subjects(request, "codes", (("", WHOLE),))


async def _count(request: web.Request, what: str, named: tuple[tuple[str, Patience], ...]) -> Wait | None:
    service = services(request)
    return await service.store.write(signin.begin, _subjects(request, what, named), service.clock())


def _subjects(
    request: web.Request, what: str, named: tuple[tuple[str, Patience], ...]
) -> tuple[Subject, ...]:
    realm = f"{what}:{request[PORTAL].organisation_id}"
    subjects = [Subject(signin.network_subject(realm, request.remote or "").key, NETWORK)]
    for name, patience in named:
        key = signin.account_subject(f"{realm}:{patience.free}", canonical_email(name)).key
        subjects.append(Subject(key, patience))
    return tuple(subjects)

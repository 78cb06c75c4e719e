"""Once: a POST or PUT under an Idempotency-Key is done once; sent again it gets the same answer."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256

from aiohttp import web

from admin.api.call import Call
from admin.api.problems import ProblemRaised, answer
from store import idempotency
from store.idempotency import Answer, Begun, InFlight, OtherRequest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replay"
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_RETRY_SECONDS = "2"


async def once(call: Call, work: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Do the work, unless its key was used before; a failure of ours is not kept."""
    key = _key_of(call.request)
    if key is None:
        return await work()
    fingerprint = await asyncio.to_thread(_fingerprint, call)
    begun = await call.store.write(idempotency.begin, call.organisation_id, key, fingerprint, call.now)
    match begun:
        case Answer():
            return web.Response(
                status=begun.status,
                body=begun.body,
                headers={"Content-Type": begun.content_type, REPLAYED: "true"},
            )
        case OtherRequest():
            raise ProblemRaised("key-reused", f"This {HEADER} was used for another request within a day.")
        case InFlight():
            raise ProblemRaised(
                "request-in-flight",
                f"The first request with this {HEADER} has no answer yet; ask again in a moment.",
                headers={"Retry-After": _RETRY_SECONDS},
            )
        case Begun():
            return await _kept(call, key, work)


async def _kept(
    call: Call, key: str, work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        response = await work()
    except ProblemRaised as problem:
        response = answer(call.request, problem)
    except BaseException:
        await call.store.write(idempotency.release, call.organisation_id, key)
        raise
    if response.status >= 500 or response.status == 429:
        await call.store.write(idempotency.release, call.organisation_id, key)
        return response
    assert isinstance(response, web.Response) and isinstance(response.body, bytes)
    packed = await asyncio.to_thread(idempotency.packed, response.body)
    sent = (response.headers["Content-Type"], packed)
    try:
        await call.store.write(idempotency.finish, call.organisation_id, key, response.status, sent)
    except BaseException:  # a full disk: what was done can be done again, so the key is no longer in flight
        await call.store.write(idempotency.release, call.organisation_id, key)
        raise
    return response


def _key_of(request: web.Request) -> str | None:
    given = request.headers.getall(HEADER, [])
    if not given:
        return None
    if len(given) > 1 or not _KEY.match(given[0]):
        raise ProblemRaised(
            "bad-request",
            f"{HEADER} must be one text of 1 to 255 printable ASCII characters, without blanks.",
        )
    return given[0]


def _fingerprint(call: Call) -> bytes:
    head = f"{call.request.method} {call.request.raw_path}\n"
    return sha256(head.encode("utf-8", "surrogateescape") + call.body).digest()

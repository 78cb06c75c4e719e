"""Serving: the order in which a request to a route is judged, and how its answer leaves."""

import logging
from time import perf_counter

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from admin.api import access, bodies, problems
from admin.api.call import Call
from admin.api.keys import CALLER, CLOCK, LIMITER
from admin.api.limits import READS, WRITES, Limit, Over
from admin.api.once import once
from admin.api.problems import ProblemRaised
from admin.api.routes import ANY, Reply, Route
from store.unwritable import Unwritable

log = logging.getLogger(__name__)


def handler_of(route: Route) -> Handler:
    """What aiohttp calls for a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if route.scope is None:
            return response_of(await route.handler(Call(request)), route)
        caller = await access.caller_of(request)
        request[CALLER] = caller
        if route.scope != ANY:
            access.require(caller, route.scope)
        spend(request, WRITES if route.writes else READS)
        if not route.writes:
            return response_of(await route.handler(Call(request)), route)
        if route.body and route.body.streams:
            return response_of(await route.handler(Call(request)), route)
        with request.app[LIMITER].writing(caller.organisation.id) as may_begin:
            if not may_begin:
                raise too_many("writes under way", 1)
            call = Call(request, await _body(request, route))
            return await once(call, lambda: _done(call, route))

    return handle


def spend(request: web.Request, limit: Limit, cost: int = 1) -> None:
    """Count a request, or its rows, against a limit of its token; 429 when that is used up."""
    token = request[CALLER].token
    over = request.app[LIMITER].take(token.id, limit, cost, request.app[CLOCK]())
    if isinstance(over, Over):
        raise too_many(over.limit, over.seconds)


def too_many(limit: str, seconds: int) -> ProblemRaised:
    """429: which limit, and when to come back."""
    return ProblemRaised(
        "too-many-requests",
        f"The limit “{limit}” of this token is used up; come back in {seconds} s.",
        headers={"Retry-After": str(seconds)},
    )


def response_of(reply: Reply, route: Route) -> web.StreamResponse:
    """A handler's answer, as JSON unless it is a response already; the route's first status."""
    if isinstance(reply, web.StreamResponse):
        return reply
    return json_response(reply, next(iter(route.answers)))


def json_response(body: msgspec.Struct, status: int = 200) -> web.Response:
    """A Struct as JSON."""
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")


async def _done(call: Call, route: Route) -> web.StreamResponse:
    return response_of(await route.handler(call), route)


async def _body(request: web.Request, route: Route) -> bytes:
    if route.body is None:
        await bodies.read_nothing(request)
        return b""
    return await bodies.read(request, route.body.content_type, route.body.most)


@web.middleware
async def answering(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost layer: whatever is raised becomes a problem, and each request one line in the log."""
    started = perf_counter()
    response = await _answer(request, handler)
    caller = request.get(CALLER)
    resource = request.match_info.route.resource
    log.info(
        "api request",
        extra={
            "method": request.method,
            "route": resource.canonical if resource else "",
            "status": response.status,
            "token": caller.token.id if caller else None,
            "peer": request.remote,
            "milliseconds": round((perf_counter() - started) * 1000, 1),
        },
    )
    return response


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except ProblemRaised as problem:
        return problems.answer(request, problem)
    except web.HTTPException as raised:
        return problems.answer(request, _of_http(raised))
    except Unwritable:
        words = "The server's disk takes nothing more just now. Nothing was kept; please send it again later."
        return problems.answer(request, ProblemRaised("no-room", words))
    except ConnectionResetError:
        raise
    except Exception:
        log.exception("api request failed", extra={"method": request.method})
        return problems.answer(
            request,
            ProblemRaised("failed", "Nothing you sent caused this. Nothing was kept; please send it again."),
        )
    if response.status == 421:
        return problems.answer(request, ProblemRaised("misdirected", "Ask by the API's own hostname."))
    return response


def _of_http(raised: web.HTTPException) -> ProblemRaised:
    if isinstance(raised, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(raised.allowed_methods))
        return ProblemRaised("method-not-allowed", f"Here you can use {allowed}.", headers={"Allow": allowed})
    if raised.status == 413:
        return ProblemRaised("too-large", "That is more than is taken at once.")
    if raised.status >= 500:
        return ProblemRaised("busy", "Please try again in a few seconds.", headers={"Retry-After": "5"})
    return problems.not_found() if raised.status == 404 else ProblemRaised("bad-request", raised.reason)

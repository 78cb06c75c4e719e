"""Errors: every refusal and failure as a page in words, with what to do next."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from portal.csrf import FormRefused
from portal.passwords import TooBusy
from portal.words import N_
from store.unwritable import Unwritable

log = logging.getLogger(__name__)

KEPT_HEADERS = ("Allow", "Retry-After")
RETRY_SECONDS = 5
NO_ROOM_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for the person who sees it; its texts are marked, and said where they are shown."""

    status: int
    title: str
    advice: str


NOT_FOUND = Problem(
    404,
    N_("We could not find that page"),
    N_("The address may be mistyped, or what was here is no longer available to you."),
)
FORM_REFUSED = Problem(
    403,
    N_("That form was not accepted"),
    N_(
        "It may have been open for too long, or was not sent from this site."
        " Go back, reload the page and try again."
    ),
)
NOT_ALLOWED = Problem(
    403,
    N_("You cannot do that here"),
    N_("Your sign-in may look at this account but not change it. Ask the person who manages it."),
)
ONLY_THE_CUSTOMER = Problem(
    403,
    N_("Only the customer can open this page"),
    N_(
        "It belongs to their own sign-in. What you see while you view as a customer is the rest of their portal."
    ),
)
NOTHING_CAN_BE_CHANGED = Problem(
    403,
    N_("Nothing can be changed while you view as a customer"),
    N_("You see what the customer sees. To change something for them, use the console."),
)
TOO_LARGE = Problem(413, N_("That was too much at once"), N_("What you sent is larger than this page takes."))
BUSY = Problem(503, N_("We are very busy just now"), N_("Please try again in a few seconds."))
NOT_KEPT = Problem(
    503,
    N_("We cannot save anything just now"),
    N_("What you entered was not kept. What is there can still be read; please try again in a few minutes."),
)
FAILED = Problem(
    500,
    N_("Something went wrong on our side"),
    N_("Nothing you did caused this, and nothing was lost. Please try again in a minute."),
)


class OnlyTheCustomer(web.HTTPForbidden):
    """A page of somebody's own sign-in, asked for by staff who look as a customer does."""


class ReadOnly(web.HTTPForbidden):
    """A change, asked for by staff who look as a customer does."""


Show = Callable[[web.Request, Problem], web.Response]


def middleware(show: Show) -> Middleware:
    """Answer whatever is raised inside with the page that `show` makes of it."""

    @web.middleware
    async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as answer:
            if answer.status < 400:
                raise
            return _keeping(answer, show(request, problem_of(answer)))
        except TooBusy:
            response = show(request, BUSY)
            response.headers["Retry-After"] = str(RETRY_SECONDS)
            return response
        except Unwritable:
            response = show(request, NOT_KEPT)
            response.headers["Retry-After"] = str(NO_ROOM_SECONDS)
            return response
        except ConnectionResetError:
            raise
        except Exception:
            log.exception("request failed", extra={"method": request.method, "route": _route(request)})
            return show(request, FAILED)

    return errors


def problem_of(answer: web.HTTPException) -> Problem:
    """The words for a raised HTTP answer."""
    match answer:
        case FormRefused():
            return FORM_REFUSED
        case OnlyTheCustomer():
            return ONLY_THE_CUSTOMER
        case ReadOnly():
            return NOTHING_CAN_BE_CHANGED
        case web.HTTPForbidden():
            return NOT_ALLOWED
        case web.HTTPNotFound():
            return NOT_FOUND
        case web.HTTPRequestEntityTooLarge():
            return TOO_LARGE
        case _ if answer.status < 500:
            return Problem(
                answer.status, N_("That did not work"), N_("Go back, check what you entered and try again.")
            )
        case _:
            return FAILED


def _keeping(answer: web.HTTPException, page: web.Response) -> web.Response:
    for name in KEPT_HEADERS:
        if name in answer.headers:
            page.headers[name] = answer.headers[name]
    return page


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""

"""Problems: every refusal and failure as problem+json (RFC 9457), with what to do next in words."""

from collections.abc import Mapping, Sequence

import msgspec
from aiohttp import web

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:brassplate:problem:"

KINDS: dict[str, tuple[int, str]] = {
    "bad-request": (400, "The request is not understood"),
    "unauthorised": (401, "A good token is needed"),
    "suspended": (403, "The organisation is suspended"),
    "scope-missing": (403, "The token may not do this"),
    "not-found": (404, "There is nothing here"),
    "method-not-allowed": (405, "That method is not offered here"),
    "timed-out": (408, "The request did not arrive in time"),
    "not-possible": (409, "That is not possible as things stand"),
    "request-in-flight": (409, "The first request of this key is still at work"),
    "too-large": (413, "The request is too large"),
    "wrong-content-type": (415, "That kind of content is not taken here"),
    "misdirected": (421, "This server does not answer for that name here"),
    "refused": (422, "What was sent is refused"),
    "key-reused": (422, "The key belongs to another request"),
    "too-many-requests": (429, "Too many requests"),
    "failed": (500, "Something went wrong on our side"),
    "no-room": (507, "There is no room for this just now"),
    "busy": (503, "We are very busy just now"),
}
"""Kind -> status and title; the kind ends the problem's type."""


class FieldFault(msgspec.Struct, frozen=True):
    """One field and what is wrong with it."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not done, after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: Sequence[FieldFault] = ()


class ProblemRaised(Exception):
    """A request ends here; the outermost layer makes the answer of it."""

    def __init__(
        self,
        kind: str,
        detail: str,
        errors: Sequence[FieldFault] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(kind)
        self.kind, self.detail, self.errors = kind, detail, errors
        self.headers = headers or {}


def answer(request: web.BaseRequest, problem: ProblemRaised) -> web.Response:
    """A problem as the answer to a request."""
    status, title = KINDS[problem.kind]
    found = Problem(
        type=TYPE_PREFIX + problem.kind,
        title=title,
        status=status,
        detail=problem.detail,
        instance=request.rel_url.raw_path,
        errors=tuple(problem.errors),
    )
    return web.Response(
        status=status,
        body=msgspec.json.encode(found),
        headers={**problem.headers, "Content-Type": CONTENT_TYPE},
    )


def not_found() -> ProblemRaised:
    """Missing and foreign things are the same."""
    return ProblemRaised("not-found", "The address is wrong, or what was here is not there for this token.")

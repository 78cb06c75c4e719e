"""Routes: what is offered, each declared once, beside its handler: the server and the document are made of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from admin.api.bodies import JSON, JSON_BYTES
from admin.api.call import Call

PREFIX = "/api/v1"
ANY = "any"
"""In the place of a scope: every good token may."""

Reply = msgspec.Struct | web.StreamResponse
Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Body:
    """What a route takes; `schema` documents JSON, whatever it is decoded with."""

    schema: Any = None
    content_type: str = JSON
    more_types: tuple[str, ...] = ()
    most: int = JSON_BYTES
    streams: bool = False
    """The handler reads it itself, and takes care of idempotency."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. Without a scope it is open to anybody; `ANY`: to every good token."""

    method: str
    path: str
    summary: str
    handler: Handler
    scope: str | None
    query: type[msgspec.Struct] | None
    body: Body | None
    answers: Mapping[int, Any]
    """Status -> the Struct of its body, or a content type."""
    description: str = ""

    @property
    def name(self) -> str:
        """The operation's id: the handler's folder and name."""
        return f"{self.handler.__module__.split('.')[-2]}_{self.handler.__name__}"

    @property
    def tag(self) -> str:
        return self.handler.__module__.split(".")[-2].capitalize()

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class route:
    """Declare a handler's route."""

    method: str
    path: str
    summary: str
    scope: str | None
    answers: Mapping[int, Any]
    query: type[msgspec.Struct] | None = None
    body: Body | None = field(default=None)
    description: str = ""

    def __call__(self, handler: Handler) -> Route:
        return Route(
            method=self.method,
            path=self.path,
            summary=self.summary,
            handler=handler,
            scope=self.scope,
            query=self.query,
            body=self.body,
            answers=self.answers,
            description=self.description,
        )

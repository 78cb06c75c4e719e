"""Call: one request as a handler sees it: who asks, for what, with what."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from admin.api import bodies
from admin.api.keys import CALLER, CLOCK, STORE, Caller
from admin.api.problems import FieldFault, ProblemRaised, not_found
from store.database import Store

T = TypeVar("T")
_ID = re.compile(r"[1-9][0-9]{0,17}\Z")


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose token, scope, limits and body are found good."""

    request: web.Request
    body: bytes = b""

    @property
    def store(self) -> Store:
        return self.request.app[STORE]

    @property
    def now(self) -> datetime:
        return self.request.app[CLOCK]()

    @property
    def caller(self) -> Caller:
        return self.request[CALLER]

    @property
    def organisation_id(self) -> int:
        return self.caller.organisation.id

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def id(self, name: str = "id") -> int:
        """A part of the path that is a number of ours; 404 for what cannot be one."""
        text = self.part(name)
        if not _ID.match(text):
            raise not_found()
        return int(text)

    def query(self, schema: type[T]) -> T:
        """The query of the URL; 400 for what the schema does not know or take."""
        given: dict[str, Any] = {}
        for name, value in self.request.query.items():
            if name in given:
                raise _bad_query(name, "is given twice")
            given[name] = value
        try:
            return msgspec.convert(given, schema, strict=False)
        except msgspec.ValidationError as error:
            fault = bodies.fault_of(error)
            raise _bad_query(fault.field, fault.detail) from None

    def json(self, schema: type[T]) -> T:
        """The body; 400 for what is no JSON, 422 for what does not fit."""
        return json_of(self.body, schema)


def json_of(body: bytes, schema: type[T]) -> T:
    """JSON of a schema; 400 for what is no JSON, 422 for what does not fit."""
    try:
        return msgspec.json.decode(body, type=schema)
    except msgspec.ValidationError as error:
        raise bodies.misfit(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bodies.not_json(error) from None


def _bad_query(name: str, detail: str) -> ProblemRaised:
    where = f"The parameter {name}: " if name else "The query: "
    return ProblemRaised("bad-request", where + detail + ".", (FieldFault(name, detail),) if name else ())

"""House: the API over a real store; every answer that its client gets is held against the OpenAPI document."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from openapi_schema_validator import OAS31Validator

from admin.api import app as api
from admin.api.openapi import document
from admin.api.routes import PREFIX
from portal.tenancy import host_header
from store import api_tokens
from store.api_tokens import SCOPES, Made, NewToken
from store.database import Store
from store.hostname import Hostname
from tests import factories
from tests.factories import NOW

API_HOST = Hostname("api.provider.example")
ROUTES = api.routes(f"https://{API_HOST}")
DOCUMENT = json.loads(json.dumps(document(ROUTES, f"https://{API_HOST}")))


@dataclass
class Answer:
    """A response that was read to its end, and fits the document."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The kind of problem that it is."""
        assert self.headers["Content-Type"] == "application/problem+json", self
        return str(self.json["type"]).rpartition(":")[2]


@dataclass
class Program:
    """A client of the API with a token."""

    client: TestClient[web.Request, web.Application]
    token: str = ""
    host: str = API_HOST

    async def get(self, path: str, **query: str) -> Answer:
        """GET a path below /api/v1."""
        return await self.send("GET", path, params=query)

    async def put(self, path: str, body: object, **headers: str) -> Answer:
        """PUT JSON."""
        return await self.send("PUT", path, json=body, headers=_dashed(headers))

    async def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """POST JSON, or nothing."""
        more = {} if body is None else {"json": body}
        return await self.send("POST", path, headers=_dashed(headers), **more)

    async def send(self, method: str, path: str, **options: Any) -> Answer:
        """Any request; the answer is checked against the document."""
        headers = {"Host": self.host, **options.pop("headers", {})}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        url = path if path.startswith("/api") or not path.startswith("/") else PREFIX + path
        async with self.client.request(method, url, headers=headers, **options) as response:
            answer = Answer(response.status, response.headers, await response.read())
        _check(method, url, answer)
        return answer


@dataclass
class House:
    """A store with organisations and tokens; `now` is set by tests."""

    store: Store
    now: datetime = NOW
    _made: int = field(default=0)

    def clock(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**time)

    async def organisation(self, slug: str) -> int:
        """An organisation's id."""
        return (await self.store.write(factories.organisation, slug, slug.title())).id

    async def token(self, organisation_id: int, *scopes: str, days: int | None = None) -> Made:
        """A token with these scopes; without any, with all."""
        expires_at = self.now + timedelta(days=days) if days else None
        new = NewToken("Test", frozenset(scopes or SCOPES), expires_at, "staff:1")
        return await self.store.write(api_tokens.make, organisation_id, new, self.now)

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Program]:
        """A client without a token, on the API."""
        app = api.build(self.store, clock=self.clock, hostname_of=host_header, api_host=API_HOST)
        async with TestClient(TestServer(app)) as client:
            yield Program(client)


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """A house over a new store in `folder`."""
    store = await Store.open(folder / "api.db")
    try:
        yield House(store)
    finally:
        await store.close()


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _check(method: str, url: str, answer: Answer) -> None:
    """A problem is a Problem; every other answer is what its route declares."""
    content_type = answer.headers["Content-Type"].partition(";")[0]
    if answer.status >= 400:
        assert content_type == "application/problem+json", answer
        _fits("Problem", answer)
        return
    operation = _operation(method, url.partition("?")[0])
    content = operation["responses"][str(answer.status)]["content"]
    assert content_type in content, (url, content_type)
    reference = content[content_type]["schema"].get("$ref", "")
    if reference:
        _fits(reference.rpartition("/")[2], answer)


def _operation(method: str, path: str) -> Any:
    for route in ROUTES:
        pattern = re.sub(r"{\w+}", "[^/]+", re.escape(route.path).replace(r"\{", "{").replace(r"\}", "}"))
        if route.method == method and re.fullmatch(re.escape(PREFIX) + pattern, path):
            return DOCUMENT["paths"][route.path][method.lower()]
    raise AssertionError(f"{method} {path} is in no document")


def _fits(name: str, answer: Answer) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    OAS31Validator(schema).validate(answer.json)

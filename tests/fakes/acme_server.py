"""AcmeServer: a CA that says what the test scripted, for answers that Pebble never gives."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web


@dataclass(frozen=True)
class Reply:
    """One answer; a body of dict is sent as JSON."""

    body: Mapping[str, object] | bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    nonce: bool = True
    hang_up: bool = False
    """Close the connection instead of answering."""


@dataclass(frozen=True)
class Asked:
    """One request: for a POST the protected header and the payload of its JWS, None for POST-as-GET."""

    method: str
    path: str
    protected: Mapping[str, object] = field(default_factory=dict)
    payload: Mapping[str, object] | None = None


def problem(code: str, detail: str, status: int = 403, **headers: str) -> Reply:
    """A refusal with a problem document."""
    document = {"type": f"urn:ietf:params:acme:error:{code}", "detail": detail}
    return Reply(document, status, {name.replace("_", "-"): value for name, value in headers.items()})


class AcmeServer:
    """`say` the replies of a path in order, the last one again and again; `asked` is what came."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._script: dict[str, list[Reply]] = {}
        self._nonces = 0

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.origin = f"http://{host}:{port}"
        self._script_basics()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._runner.cleanup()

    def url(self, path: str) -> str:
        return self.origin + path

    def say(self, path: str, *replies: Reply) -> None:
        self._script[path] = list(replies)

    def asked_at(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def order(self, status: str = "pending", **more: object) -> dict[str, object]:
        """An order document for shop.customer.test."""
        return {
            "status": status,
            "identifiers": [{"type": "dns", "value": "shop.customer.test"}],
            "authorizations": [self.url("/authorization/1")],
            "finalize": self.url("/finalize/1"),
            **more,
        }

    def _script_basics(self) -> None:
        names = {"newNonce": "/nonce", "newAccount": "/account", "newOrder": "/new-order"}
        more = {"revokeCert": "/revoke", "renewalInfo": "/renewal-info"}
        self.say("/dir", Reply({name: self.url(path) for name, path in (names | more).items()}))
        self.say("/nonce", Reply())
        self.say("/account", Reply({"status": "valid"}, 201, {"Location": self.url("/account/1")}))

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(await _read(request))
        replies = self._script.get(request.path, [Reply({"detail": f"nothing at {request.path}"}, 404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.hang_up and request.transport:
            request.transport.close()
        headers = dict(reply.headers)
        if reply.nonce:
            self._nonces += 1
            headers["Replay-Nonce"] = base64.urlsafe_b64encode(b"%06d" % self._nonces).decode()
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        return web.Response(status=reply.status, body=body, headers=headers)


async def _read(request: web.Request) -> Asked:
    if request.method != "POST":
        return Asked(request.method, request.path)
    jws = await request.json()
    payload = _decoded(jws["payload"])
    return Asked("POST", request.path, json.loads(_decoded(jws["protected"])), json.loads(payload or b"null"))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")

"""House: the portal over a real store, with hostnames made up, and a browser that keeps Secure cookies on HTTP."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from portal import tenancy
from portal.app import build
from portal.mail import Provider
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.vault import Vault
from tests import factories

HOST = Hostname("billing.meridian.example")
VAULT = Vault(bytes(32))
OTHER_HOST = Hostname("my.other.example")
PROVIDER = Provider(
    "Provider Ltd", "post@provider.example", "help@provider.example", "https://admin.provider.example", 443
)
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')


@dataclass
class HandClock:
    """A clock that stands until it is moved."""

    now: datetime = factories.NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Browser:
    """A client at one hostname."""

    client: TestClient[web.Request, web.Application]
    host: str = HOST

    async def get(self, path: str, **headers: str) -> ClientResponse:
        return await self.client.get(path, headers={"Host": self.host} | headers, allow_redirects=False)

    async def page(self, path: str, status: int = 200) -> str:
        """The words of a page, its entities undone."""
        return unescape(await self.source(path, status))

    async def source(self, path: str, status: int = 200) -> str:
        response = await self.get(path)
        assert response.status == status, f"{path}: {response.status}"
        return await response.text()

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> ClientResponse:
        """Post as a browser does from a page of the same origin."""
        sent = {"Host": self.host, "Sec-Fetch-Site": "same-origin"} | headers
        return await self.client.post(path, data=fields, headers=sent, allow_redirects=False)

    async def submit(self, page: str, path: str, fields: dict[str, str]) -> ClientResponse:
        """Open a page and send its form."""
        return await self.post(path, {"csrf": await self.token(page), **fields})

    async def token(self, page: str) -> str:
        found = _TOKEN.search(await self.source(page))
        assert found
        return found[1]

    async def sign_in(
        self, email: str = "ada@harbour.example", password: str = factories.PASSWORD, next_url: str = "/"
    ) -> ClientResponse:
        return await self.submit(
            "/sign-in", "/sign-in", {"email": email, "password": password, "next": next_url}
        )


@dataclass
class House:
    """The portal with its store and its clock."""

    store: Store
    clock: HandClock
    app: web.Application
    server: TestServer
    new_client: Callable[[], TestClient[web.Request, web.Application]]

    def browser(self, host: str = HOST) -> Browser:
        return Browser(self.new_client(), host)


def portal_app(store: Store, clock: HandClock, hosts: dict[Hostname, Destination]) -> web.Application:
    return build(
        store,
        clock=clock,
        resolve=hosts.get,
        hostname_of=tenancy.host_header,
        provider=PROVIDER,
        vault=VAULT,
        passwords=factories.QUICK,
    )


def destination(
    hostname: Hostname, organisation_id: int, *, suspended: bool = False, room: Room = Room.PORTAL
) -> Destination:
    return Destination(
        hostname=hostname,
        room=room,
        organisation_id=organisation_id,
        suspended=suspended,
        upstreams=(),
        confirmation=Confirmation.CNAME,
        cname_target=None,
    )


def new_client(server: TestServer) -> TestClient[web.Request, web.Application]:
    secure = CookieJar(unsafe=True, treat_as_secure_origin=server.make_url("/"))
    return TestClient(server, cookie_jar=secure)

"""The connection decides which organisation a request is for."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from portal.tenancy import host_header, is_misdirected, origin
from store import organisations
from store.destination import Room
from store.hostname import Hostname
from tests.portal.conftest import People
from tests.portal.house import HOST, House, destination, portal_app


@pytest.mark.parametrize(
    "host", ["billing.meridian.example:8443", "BILLING.Meridian.Example", "billing.meridian.example."]
)
async def test_host_is_answered_whatever_its_port_case_or_dot(house: House, host: str) -> None:
    assert (await house.browser(host).get("/sign-in")).status == 200


@pytest.mark.parametrize(
    "host", ["unknown.example", "meridian.example", "a.billing.meridian.example", "", "a/..@b", "[::1]"]
)
async def test_unknown_host_gets_421_without_brand_or_cookie(house: House, host: str) -> None:
    response = await house.browser(host).get("/")
    assert response.status == 421
    assert "Set-Cookie" not in response.headers and "Location" not in response.headers
    assert "Meridian" not in await response.text()


async def test_absolute_target_gets_421(house: House) -> None:
    reader, writer = await asyncio.open_connection(house.server.host, house.server.port)
    writer.write(f"GET http://my.other.example/sign-in HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    assert b" 421 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_host_of_another_tenant_is_misdirected_on_this_connection(house: House) -> None:
    request = make_mocked_request("GET", "/", headers={"Host": "my.other.example"})
    assert is_misdirected(request, HOST)
    assert not is_misdirected(make_mocked_request("GET", "/", headers={"Host": HOST}), HOST)


async def test_hostname_of_the_other_rooms_gets_421(house: House, people: People) -> None:
    name = Hostname("admin.provider.example")
    hosts = {name: destination(name, people.meridian, room=Room.ADMIN)}
    app = portal_app(house.store, house.clock, hosts)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/", headers={"Host": name})).status == 421


def test_host_header_is_read_strictly() -> None:
    request = make_mocked_request("GET", "/", headers={"Host": "a.example:x"})
    assert host_header(request) is None


def test_origin_names_the_port_only_when_it_is_unusual() -> None:
    assert origin(HOST, 443) == f"https://{HOST}"
    assert origin(HOST, 8443) == f"https://{HOST}:8443"


async def test_portal_is_503_without_brand_when_suspended(house: House, people: People) -> None:
    await house.store.write(organisations.set_suspended, people.meridian, True)
    response = await house.browser().get("/sign-in")
    assert response.status == 503
    assert "Meridian" not in await response.text()
    assert (await house.browser().get("/theme.css")).status == 503

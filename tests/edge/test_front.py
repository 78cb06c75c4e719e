from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import TestClient, TestServer

from edge import front

NAME = "customers.provider.example"


@asynccontextmanager
async def opened(monkeypatch: pytest.MonkeyPatch, *settings: str) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    monkeypatch.setattr(front, "hostname_of", lambda request: NAME)  # what its ClientHello said
    async with TestClient(TestServer(front.build(*settings))) as client:
        yield client


async def test_page_says_whose_it_is_and_whom_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(monkeypatch, "Provider & Sons", "help@provider.example") as client:
        response = await client.get("/", headers={"Host": NAME})
        page = await response.text()
    assert response.status == 200 and "<h1>An address of Provider &amp; Sons</h1>" in page
    assert '<a href="mailto:help@provider.example">' in page
    assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]
    assert "Server" not in response.headers


async def test_page_without_an_operator_in_the_settings_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(monkeypatch, "", "") as client:
        page = await (await client.get("/", headers={"Host": NAME})).text()
    assert "<h1>An address for companies’ own names</h1>" in page and "mailto" not in page


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        ("GET", "/sign-in", NAME, 404),
        ("HEAD", "/", NAME, 200),
        ("POST", "/", NAME, 405),
        ("GET", "/", "127.0.0.1", 421),
        ("GET", "/", "billing.customer.example", 421),
    ],
)
async def test_nothing_else_is_there(
    method: str, path: str, host: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(monkeypatch, "Provider", "") as client:
        response = await client.request(method, path, headers={"Host": host})
        assert response.status == status

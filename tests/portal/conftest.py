"""A portal with two organisations: Meridian with two customers, and another with one."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from store.database import Store
from tests import factories
from tests.portal.house import (
    HOST,
    OTHER_HOST,
    Browser,
    HandClock,
    House,
    destination,
    new_client,
    portal_app,
)


@dataclass
class People:
    """Who is there: ids of organisations and accounts."""

    meridian: int
    harbour: int
    neighbour: int
    other: int
    stranger: int


def _people(db: sqlite3.Connection) -> People:
    meridian = factories.organisation(db).id
    harbour = factories.account(db, meridian, "A100")
    neighbour = factories.account(db, meridian, "A200", name="Mill Lane Dental")
    other = factories.organisation(db, "other", "Other Networks", colour="#B00020").id
    stranger = factories.account(db, other, "A100", name="Stranger & Sons")
    factories.user(db, meridian, "ada@harbour.example", "A100")
    factories.user(db, meridian, "ben@mill.example", "A200")
    factories.user(db, other, "ada@harbour.example", "A100")
    return People(meridian, harbour, neighbour, other, stranger)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "brassplate.db", readers=1)
    yield opened
    await opened.close()


@pytest.fixture
async def people(store: Store) -> People:
    return await store.write(_people)


@pytest.fixture
async def house(store: Store, people: People) -> AsyncIterator[House]:
    clock = HandClock()
    hosts = {
        HOST: destination(HOST, people.meridian),
        OTHER_HOST: destination(OTHER_HOST, people.other),
    }
    app = portal_app(store, clock, hosts)
    async with AsyncExitStack() as stack:
        server = TestServer(app)
        await server.start_server()
        stack.push_async_callback(server.close)

        def client() -> TestClient[web.Request, web.Application]:
            made = new_client(server)
            stack.push_async_callback(made.session.close)
            return made

        yield House(store, clock, app, server, client)


@pytest.fixture
async def browser(house: House) -> Browser:
    """Somebody who is not signed in."""
    return house.browser()


@pytest.fixture
async def ada(house: House) -> Browser:
    """Signed in for Harbour Coffee, account A100."""
    browser = house.browser()
    assert (await browser.sign_in()).status == 303
    return browser

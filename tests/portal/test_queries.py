"""A page asks the store a fixed number of questions, however long its lists are."""

import sqlite3

import pytest

from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

IDS = {"invoice": "B-CALLS", "payment": "BP-1"}
PAGES = {
    "/": 19,
    "/invoices": 8,
    "/invoices/{invoice}": 22,
    "/invoices/{invoice}/explained": 20,
    "/invoices/{invoice}/lines/1/calls": 16,
    "/payments": 10,
    "/payments/{payment}": 9,
    "/calls": 22,
    "/profile": 9,
}


@pytest.mark.parametrize("path", PAGES)
async def test_page_asks_no_more_when_its_lists_are_long(
    house: House, people: People, ada: Browser, path: str
) -> None:
    await house.store.write(factories.busy_month, people.meridian, people.harbour)
    path_of = {kind: factories.public(people.meridian, name) for kind, name in IDS.items()}
    statements: list[str] = []

    def trace(db: sqlite3.Connection) -> None:
        db.set_trace_callback(statements.append)

    await house.store.read(trace)
    assert (await ada.get(path.format(**path_of))).status == 200
    asked = [one for one in statements if one.lstrip().upper().startswith("SELECT")]
    assert 0 < len(asked) <= PAGES[path], "\n".join(asked)

"""How much a page weighs with all that it loads, as a browser is sent it: of every route, with full lists."""

import re
import sqlite3
from datetime import UTC, date, datetime

import pytest

from store import number_names
from store.number_names import Named
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House
from tests.portal.test_isolation import private_routes

MOST_BYTES = 50_000
LONG = "Pemberton, Ashworth & Fairweather Telecommunications Consultants Ltd"
_ASSET = re.compile(r'(?:href|src)="(/(?:static/[^"]+|theme\.css[^"]*|icon\.svg[^"]*))"')
_PARTS = {"position": "1", "section": "contact"}
_IDS = {"/invoices/{public_id}": "B-BIG", "/payments/{public_id}": "BP-1"}
_MORE = (
    *("/sign-in/mail", "/reset", "/no-such-page", "/calls?month=2026-11&cli=02079460001"),
    *("/invoices?show=due&least=1", "/statement?first=2020-01-01", "/calls/by/destination?part=2"),
    *("/calls/by/cli", "/calls/by/number", "/calls/by/group", "/calls/by/cost_centre"),
)
"""Pages for all, and others of the same routes."""


def full(db: sqlite3.Connection, people: People) -> None:
    """More of everything than a page shows, with long words."""
    key = people.meridian, people.harbour
    factories.busy_month(db, *key)
    one = factories.batch(db, people.meridian)
    big = factories.invoice(db, *key, "B-BIG", issued_on=date(2026, 11, 2), batch_id=one)
    before = factories.invoice(db, *key, "B-BEFORE", issued_on=date(2026, 10, 2), batch_id=one)
    for number in range(300):
        words = {"category": f"{LONG} {number % 40}", "description": f"{LONG} {number}"}
        where = {"cli": f"0207946{number:04}", "cost_centre": f"Site {number % 90}"}
        for invoice, net in ((big, 10_000), (before, 9_000 + number)):
            factories.line(db, people.meridian, invoice, number + 1, net=net, batch_id=one, **words, **where)
    for number in range(600):
        factories.call(
            db,
            *key,
            datetime(2026, 11, number % 21 + 1, number % 24, number % 60, tzinfo=UTC),
            external_id=f"F-{number}",
            cli=f"0207946{number % 300:04}",
            number=f"0044207946{number:04}",
            destination=f"A distant island {number}",
            destination_group=f"Distant islands {number % 200}",
            cost_centre=f"Site {number % 150}",
            access_charge=10_000,
            service_charge=20_000,
            invoice_id=big,
            line_position=number % 300 + 1,
            batch_id=one,
        )
        named = Named(f"0044207946{number:04}", f"{LONG[:50]} {number}")
        assert number_names.put(db, *key, named, 1, factories.NOW)
    for number in range(150):
        factories.payment(db, *key, f"F-{number}", method=LONG, batch_id=one)
        factories.user(db, people.meridian, f"colleague-{number}@harbour.example", "A100")


@pytest.fixture
async def pages(house: House, people: People) -> list[str]:
    """Every page of the route table, once."""
    await house.store.write(full, people)
    found = list(_MORE)
    for path, names in private_routes(house.app, "GET"):
        if path.endswith((".csv", "/document", "/archive", "/people/{person}")):
            continue
        number = next((each for start, each in _IDS.items() if path.startswith(start)), "")
        parts = _PARTS | {"public_id": factories.public(people.meridian, number), "dimension": "destination"}
        found.append(path.format(**{name: parts[name] for name in names}))
    return found


async def test_every_page_is_below_fifty_kilobytes(ada: Browser, pages: list[str]) -> None:
    for path in pages:
        response = await ada.get(path)
        assert response.status == (404 if path == "/no-such-page" else 200), path
        page = await response.text()
        sent = [await ada.get(asset, **{"Accept-Encoding": "gzip"}) for asset in _ASSET.findall(page)]
        assert len(sent) > 3
        weight = len(page.encode()) + sum(int(each.headers["Content-Length"]) for each in sent)
        assert weight < MOST_BYTES, path

"""Town: acme with a portal that has a name, customers, and the job that does deeds on many."""

import asyncio
import re
import sqlite3
from dataclasses import replace
from urllib.parse import urlencode

from edge.jobs.bulk_deeds import BulkDeeds
from store import accounts, domains, portals, users
from store.destination import Confirmation, Destination, Room
from store.outbox import Message, queued
from store.users import User
from tests import factories
from tests.fakes.admin_console import HOST, PROVIDER, Answer, Browser, Console

CUSTOMERS = "/organisations/acme/customers"
DEEDS = "/organisations/acme/customers/-/deeds"


def settle(db: sqlite3.Connection) -> None:
    """Acme's portal is live at `HOST`; Harbour and Mill are its customers, Ada signs in for Harbour."""
    domains.add(db, Destination(HOST, Room.PORTAL, 1, False, (), Confirmation.CNAME, None), factories.NOW)
    domains.set_live(db, HOST, factories.NOW)
    portals.set_enabled(db, 1, True, factories.NOW)
    batch = factories.batch(db, 1)
    factories.account(db, 1, "A100", name="Harbour Coffee", email="hello@harbour.example", batch_id=batch)
    factories.account(db, 1, "A200", name="Mill Lane Dental", email="desk@mill.example", batch_id=batch)
    factories.user(db, 1, "ada@harbour.example", "A100")


async def mails(console: Console) -> list[Message]:
    """Everything in the outbox, in order."""

    def read(db: sqlite3.Connection) -> list[Message]:
        return [queued(row).message for row in db.execute("SELECT * FROM outbox ORDER BY id")]

    return await console.store.read(read)


async def user(console: Console, email: str) -> User | None:
    return await console.store.read(users.by_email, 1, email)


async def account_id(console: Console, reference: str, organisation_id: int = 1) -> int:
    found = await console.store.read(accounts.id_of, organisation_id, reference)
    assert found
    return found


async def allow(console: Console, **settings: object) -> None:
    """Change acme's settings."""

    def change(db: sqlite3.Connection) -> None:
        portal = portals.find(db, 1)
        assert portal
        portals.save(db, 1, replace(portal.settings, **settings), factories.NOW)  # type: ignore[arg-type]

    await console.store.write(change)


async def post_many(browser: Browser, path: str, *fields: tuple[str, str]) -> Answer:
    """A form with a field more than once."""
    body = urlencode([("csrf", browser.token), *fields])
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    return await browser.send("POST", path, body, headers)  # type: ignore[arg-type]


async def work(console: Console) -> None:
    """The job does what waits."""
    async with asyncio.timeout(20):
        await BulkDeeds(console.store, console.clock, PROVIDER).work()


def words(text: str) -> str:
    """A page's text without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())

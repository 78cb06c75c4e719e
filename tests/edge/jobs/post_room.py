"""PostRoom: the mailings job over a real store with one organisation, three customers and a published run."""

import sqlite3
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from edge.jobs.mailings import Mailings
from portal.mail import Provider
from store import domains, mail_settings, mailing_items, mailing_results, mailings, outbox
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.mail_settings import Settings
from store.mailing_items import New, Purpose
from store.mailing_results import Outcome, Result
from store.mailings import Asked, Kind
from store.outbox import Message
from tests import factories
from tests.fakes.inline_press import InlinePress

PROVIDER = Provider("Provider Ltd", "post@provider.example", "", "https://admin.provider.example", 443)
HOST = Hostname("billing.meridian.example")


@dataclass
class PostRoom:
    """What tests do with it; `now` is the time on its clock."""

    store: Store
    meridian: int
    run: int
    accounts: list[int]
    invoices: list[int]
    now: datetime = factories.NOW
    jobs: Mailings = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The process ended, and another one begins."""
        self.jobs = Mailings(self.store, lambda: self.now, PROVIDER, InlinePress())

    async def mails(self) -> list[Message]:
        """Everything in the outbox, in order."""

        def read(db: sqlite3.Connection) -> list[Message]:
            return [outbox.queued(row).message for row in db.execute("SELECT * FROM outbox ORDER BY id")]

        return await self.store.read(read)

    async def recipients(self) -> list[tuple[int | None, str]]:
        """Invoice and address of every mail."""
        return [(mail.invoice_id, mail.recipient) for mail in await self.mails()]

    async def pdf(self, mail: Message) -> bytes:
        """What is attached to a mail."""

        def read(db: sqlite3.Connection) -> bytes:
            rows = db.execute(
                "SELECT bytes FROM document_pieces WHERE organisation_id = ? AND sha256 = ? ORDER BY position",
                (self.meridian, mail.attachment_sha256),
            )
            return b"".join(row["bytes"] for row in rows)

        return await self.store.read(read)

    async def begin(self, **asked: object) -> int:
        """A mailing of the run, made by staff."""
        values = {"kind": Kind.INVOICES, "made_by": "staff:1", "starts_at": self.now, "batch_id": self.run}
        made = await self.store.write(mailings.create, self.meridian, Asked(**values | asked), self.now)  # type: ignore[arg-type]
        assert made
        return made

    async def begin_chosen(self, invoice: int, account: int, *recipients: str, again: bool = False) -> int:
        """A mailing of one invoice."""
        made = await self.begin(batch_id=None, again=again)
        new = [New(account, Purpose.NEW_INVOICE, invoice, one) for one in recipients]

        def add(db: sqlite3.Connection) -> int:
            return mailing_items.add(db, self.meridian, made, new, again=again)

        await self.store.write(add)
        return made

    async def counts(self, mailing: int) -> dict[Outcome, int]:
        """Only what is not nothing."""
        found = await self.store.read(mailing_results.counts, self.meridian, mailing)
        return {outcome: number for outcome, number in found.items() if number}

    async def results(self, mailing: int) -> list[Result]:
        def read(db: sqlite3.Connection) -> list[Result]:
            return mailing_results.page(db, self.meridian, mailing, None, after=0, limit=100)

        return await self.store.read(read)

    async def execute(self, sql: str, *values: object) -> None:
        """Change the store behind everybody's back."""
        await self.store.write(lambda db: db.execute(sql, values) and None)

    async def settle(self, **settings: object) -> None:
        """Mail settings, as saved an hour ago."""
        found = Settings(**settings)  # type: ignore[arg-type]
        await self.store.write(mail_settings.save, self.meridian, found, self.now - timedelta(hours=1))


async def post_room(folder: Path) -> PostRoom:
    """Three customers with an invoice each: one address, two addresses, none."""
    store = await Store.open(folder / "store.db")
    return await store.write(_filled, store)


def _filled(db: sqlite3.Connection, store: Store) -> PostRoom:
    meridian = factories.organisation(db).id
    destination = Destination(HOST, Room.PORTAL, meridian, False, (), Confirmation.CNAME, HOST)
    domains.add(db, destination, factories.NOW)
    domains.set_live(db, HOST, factories.NOW)
    emails = ("one@harbour.example", "two@mill.example; boss@mill.example", "")
    accounts = [
        factories.account(db, meridian, f"A{number}", name=f"Customer {number}", email=email)
        for number, email in enumerate(emails, 1)
    ]
    run = factories.batch(db, meridian)
    invoices = [
        factories.invoice(db, meridian, account, f"INV-{number}", batch_id=run, issued_on=date(2026, 11, 20))
        for number, account in enumerate(accounts, 1)
    ]
    for invoice in invoices:
        factories.line(db, meridian, invoice)
    return PostRoom(store, meridian, run, accounts, invoices)

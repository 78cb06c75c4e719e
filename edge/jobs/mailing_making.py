"""Making: one mail of a mailing: facts out of the store, letter and PDF, into the outbox."""

import logging
import sqlite3
from datetime import datetime

from portal.invoices import mailed, nudges
from portal.invoices.mailed import Mailed
from portal.invoices.press import Press
from portal.mail import Provider
from store import made_documents, mailing_items, registration_line
from store.database import Store
from store.instants import Clock
from store.mailing_items import Item, Purpose
from store.mailings import Mailing
from store.outbox import Message, NotAnAddress, NotOneLine

log = logging.getLogger(__name__)

WITHDRAWN = "It was taken back before its mail was made."
NOT_MADE = "The mail could not be made. The provider's log says why."


class Maker:
    """Makes mails one after another."""

    def __init__(self, store: Store, clock: Clock, provider: Provider, press: Press):
        self._store = store
        self._clock = clock
        self._provider = provider
        self._press = press

    async def make(self, mailing: Mailing, item: Item) -> None:
        """Make an item's mail and put it into the outbox; what cannot be made fails, and the next goes on."""
        organisation_id = mailing.organisation_id
        try:
            if item.purpose is Purpose.NEW_INVOICE:
                await self._invoice(organisation_id, item)
            else:
                await self._nudge(organisation_id, item)
        except (
            sqlite3.OperationalError,
            OSError,
        ):  # the store or the disk: the item waits, and is tried again
            raise
        except (NotAnAddress, NotOneLine) as refused:
            await self._store.write(mailing_items.fail, organisation_id, item.id, str(refused))
        except Exception:
            log.exception("mail not made", extra={"mailing": mailing.id, "item": item.id})
            await self._store.write(mailing_items.fail, organisation_id, item.id, NOT_MADE)

    async def _invoice(self, organisation_id: int, item: Item) -> None:
        key = organisation_id, item.account_id
        facts = await self._store.read(mailed.load, *key, item.object_id, self._provider)
        if facts is None or facts.paper.invoice.status.value == "void":
            await self._store.write(mailing_items.leave_out, organisation_id, item.id, WITHDRAWN)
            return
        # A proof that a crash keeps from being mailed is known to nobody, and ends by itself.
        line = await self._store.write(
            registration_line.for_account, *key, facts.host, self._clock(), email=item.recipient
        )
        letter = await mailed.compose(facts, self._provider, self._press, line)
        await self._store.write(_queue_invoice, organisation_id, item, letter, self._clock())

    async def _nudge(self, organisation_id: int, item: Item) -> None:
        facts = await self._store.read(nudges.load, organisation_id, item, self._provider)
        letter = nudges.compose(facts, item, self._clock()) if facts else WITHDRAWN
        if facts is None or isinstance(letter, str):
            await self._store.write(mailing_items.leave_out, organisation_id, item.id, str(letter))
            return
        message = nudges.message(facts, letter, item, self._provider)
        await self._store.write(mailing_items.send, organisation_id, item.id, message, self._clock())


def _queue_invoice(
    db: sqlite3.Connection, organisation_id: int, item: Item, letter: Mailed, now: datetime
) -> None:
    message: Message = letter.message(item.recipient, item.mailing_id)
    if mailing_items.send(db, organisation_id, item.id, message, now) and letter.made:
        made_documents.put(db, organisation_id, letter.made.content, now)

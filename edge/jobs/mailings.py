"""Mailings: makes what an organisation mails: gathers whom it concerns, makes each mail, puts it into the outbox.

Every step is small and leaves its trace in the store, so a restart goes on where it was; a mail is put into the
outbox in the transaction that marks it as made, so none is sent twice. Mailings take turns.
"""

import logging
from datetime import timedelta
from functools import partial

from edge.jobs.mailing_gathering import gather
from edge.jobs.mailing_making import Maker
from edge.jobs.rounds import Rounds
from portal.invoices.press import Press
from portal.mail import Provider
from store import made_documents, mailing_items, mailing_rounds, mailings
from store.database import Store
from store.instants import Clock
from store.mailings import Mailing, State

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
TIDY_EVERY = timedelta(minutes=1)
AT_A_TIME = 5
"""So many mails of a mailing are made before the next one has its turn."""


class Mailings:
    """The loop that `serve` runs."""

    def __init__(self, store: Store, clock: Clock, provider: Provider, press: Press | None = None):
        self._store = store
        self._clock = clock
        self._press = press or Press()
        self._maker = Maker(store, clock, provider, self._press)
        self._tidied_at = clock()

    async def run(self, rounds: Rounds) -> None:
        """Look, work until nothing is left, wait; runs until cancelled."""
        try:
            await rounds.repeat("mailings", self.work, EVERY_SECONDS)
        finally:
            await self._press.close()

    async def work(self) -> None:
        """Announce what was published, then take steps until every open mailing is done."""
        await self._announce()
        while found := await self._store.read(mailing_rounds.open_mailings, self._clock()):
            for mailing in found:
                await self._step(mailing)
        await self._tidy()

    async def _announce(self) -> None:
        for published in await self._store.read(mailing_rounds.not_announced):
            made = await self._store.write(
                mailings.create, published.organisation_id, published.asked, self._clock()
            )
            log.info("mailing of a published batch", extra={"batch": published.batch_id, "mailing": made})

    async def _step(self, mailing: Mailing) -> None:
        if mailing.state is State.GATHERING:
            await gather(self._store, mailing, self._clock())
            return
        key = mailing.organisation_id, mailing.id
        items = await self._store.read(mailing_items.waiting, *key, AT_A_TIME)
        for item in items:
            await self._maker.make(mailing, item)
        if not items:
            await self._store.write(mailings.finish, *key, self._clock())
            log.info("mailing made", extra={"mailing": mailing.id})

    async def _tidy(self) -> None:
        now = self._clock()
        if now - self._tidied_at < TIDY_EVERY:
            return
        self._tidied_at = now
        remove = partial(made_documents.remove_unused, now=now)
        while await self._store.write(remove):
            pass

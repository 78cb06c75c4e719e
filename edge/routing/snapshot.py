"""Snapshot: holds the current routing table and follows the store's change log, whoever wrote to it."""

import asyncio
import logging

from edge.routing import table
from store import domains
from store.database import Store
from store.destination import Destination
from store.hostname import Hostname

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
"""How often a commit of another process is looked for: one PRAGMA, no query."""


class Snapshot:
    """The routing table in memory: `resolve` never touches the store."""

    def __init__(self, store: Store):
        self._store = store
        self._table: dict[Hostname, Destination] = {}
        self._revision = 0
        self._version = -1

    def __len__(self) -> int:
        return len(self._table)

    def resolve(self, hostname: Hostname) -> Destination | None:
        """Where a hostname leads now."""
        return self._table.get(hostname)

    async def refresh(self) -> None:
        """Apply what changed since the last look; costs what changed, not the table."""
        version = await self._store.data_version()
        changes = await self._store.read(domains.changes, self._revision)
        table.apply(self._table, changes.destinations)
        self._revision, self._version = changes.revision, version
        if changes.destinations:
            log.info(
                "routes changed", extra={"names": len(changes.destinations), "revision": changes.revision}
            )

    async def follow(self) -> None:
        """Refresh whenever somebody committed; runs until cancelled."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if await self._store.data_version() != self._version:
                await self.refresh()

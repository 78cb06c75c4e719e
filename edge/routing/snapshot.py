"""Snapshot: holds the current routing table and follows the store's change log, whoever wrote to it."""

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

    def __len__(self) -> int:
        return len(self._table)

    def resolve(self, hostname: Hostname) -> Destination | None:
        """Where a hostname leads now."""
        return self._table.get(hostname)

    async def refresh(self) -> frozenset[Hostname]:
        """Apply what changed since the last look, at the cost of what changed; gives names that left an owner."""
        changes = await self._store.read(domains.changes, self._revision)
        left = frozenset(name for name, now in changes.destinations.items() if self._leaves(name, now))
        table.apply(self._table, changes.destinations)
        self._revision = changes.revision
        if changes.destinations:
            log.info(
                "routes changed", extra={"names": len(changes.destinations), "revision": changes.revision}
            )
        return left

    def _leaves(self, hostname: Hostname, now: Destination | None) -> bool:
        before = self._table.get(hostname)
        return before is not None and (now is None or now.organisation_id != before.organisation_id)

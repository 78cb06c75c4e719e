"""Standstill: whether the store is held, as this process last read it."""

import logging

from store import held
from store.database import Store

log = logging.getLogger(__name__)


class Standstill:
    """Asked by whoever does something by itself; `refresh` is called when somebody committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held = False

    def __bool__(self) -> bool:
        return self._held

    async def refresh(self) -> None:
        """Read it again; a change is logged."""
        since = await self._store.read(held.since)
        if since is not None and not self._held:
            log.warning(
                "the store is held: no mail, no order, no job until `brassplate resume`",
                extra={"since": since.isoformat()},
            )
        if since is None and self._held:
            log.info("the store is resumed")
        self._held = since is not None

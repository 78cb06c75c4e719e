"""Uploads: sent files go once they were kept long enough, and those that nobody knows of."""

import asyncio
import logging
from datetime import timedelta

from edge.jobs.rounds import Rounds
from store import uploads
from store.database import Store
from store.instants import Clock
from store.upload_folder import UploadFolder

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
ORPHAN_AFTER = timedelta(hours=1)
"""A file is written down before its first byte: whoever is not known after so long will not be."""


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Tidy the folder at once and every hour; runs until cancelled."""
    folder = UploadFolder(store.path)
    await rounds.repeat("uploads", lambda: tidy(store, folder, clock), EVERY_SECONDS)


async def tidy(store: Store, folder: UploadFolder, clock: Clock) -> None:
    """Remove what is overdue, then what nobody knows of."""
    while overdue := await store.read(uploads.overdue, clock()):
        for upload in overdue:
            await asyncio.to_thread(folder.remove, upload.stored_name)
            await store.write(uploads.mark_removed, upload.organisation_id, upload.id, clock())
    known = await store.read(uploads.known_names)
    orphans = await asyncio.to_thread(folder.orphans, known, clock() - ORPHAN_AFTER)
    for name in orphans:
        log.info("removing an upload that nobody knows of")
        await asyncio.to_thread(folder.remove, name)

"""Check-up: everything that can be looked at from here, without changing anything."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import datetime

from edge.checkup import contents, files, machine, outside
from edge.checkup.finding import Finding
from edge.settings import Settings
from store.migrate import NewerStore, migrations, version
from store.presence import InUse, nobody


async def findings(settings: Settings, now: datetime) -> list[Finding]:
    """What is wrong, the nearest things first."""
    here = [*_here(settings, now)]
    return here + [each async for each in _outside(settings, now)]


def _here(settings: Settings, now: datetime) -> Iterator[Finding]:
    store, key = settings.store_path, settings.master_key_file
    yield from files.of_folder(store)
    yield from files.of_store(store)
    yield from files.of_key(key, store)
    yield from _contents(settings, now)
    yield from machine.of_files(settings.max_connections)
    if not _is_served(settings):
        yield from machine.of_ports((*settings.https, *settings.http))


def _contents(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Only of a store that this version can read as it is."""
    path = settings.store_path
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            if version(db) == max(migrations()):
                yield from contents.of(db, path, settings.master_key_file, now)
    except (sqlite3.DatabaseError, NewerStore):  # which is a finding of its own
        return


def _is_served(settings: Settings) -> bool:
    """Whether somebody has the store open: then the ports are theirs."""
    try:
        with nobody(settings.store_path):
            return False
    except (InUse, OSError):
        return True


async def _outside(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    if settings.issuer == "acme":
        async for found in outside.of_ca(settings, now):
            yield found
    async for found in outside.of_dns(settings):
        yield found
    async for found in outside.of_mail(settings):
        yield found

"""Provider zone: the demo's DNS serves the records that `brassplate dns-zone` prints, and follows our account."""

import asyncio
import sqlite3
from contextlib import closing

from demo.records import Record
from demo.zone import Zone
from edge import own_names
from edge.dns.own_zone import KINDS, OwnZone
from edge.examiner import certificate_authority
from edge.settings import Settings
from store.database import connect_reader
from store.hostname import Hostname, registered_domain

LOOK_EVERY_SECONDS = 1.0


def serve(zone: Zone, own: OwnZone) -> None:
    """Put the provider's own records in, in place of those that it had."""
    domain = registered_domain(Hostname(own.target))
    assert domain
    for record in zone.records(Hostname(domain)):
        if record.name in own.names:
            zone.remove(record)
    for name in own.names:
        for kind in KINDS:
            for value in own.values(kind):
                zone.add(Record(name, kind, value))


async def follow(zone: Zone, settings: Settings) -> None:
    """Serve what the account at the CA asks for, whenever that changes; runs until cancelled."""
    served = None
    while True:
        wanted = await asyncio.to_thread(_wanted, settings)
        if wanted is not None and wanted != served:
            serve(zone, wanted)
            served = wanted
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _wanted(settings: Settings) -> OwnZone | None:
    """None: the store cannot be read just now."""
    try:
        with closing(connect_reader(settings.store_path)) as db:
            authority = certificate_authority(db, settings)
    except sqlite3.OperationalError:
        return None
    return OwnZone(own_names.hostname(settings.cname_target), tuple(sorted(settings.addresses)), authority)

"""Postbox: what an organisation's outbox holds, and the links in it; and a portal that has a name for them."""

import asyncio
import re
import sqlite3

from portal.later import LATER
from store import domains
from store.outbox import Queued, queued
from tests import factories
from tests.portal.house import HOST, OTHER_HOST, House, destination

_LINK = re.compile(r"https://[a-z.]+(/\S+)")


def name_portals(db: sqlite3.Connection, meridian: int, other: int) -> None:
    """Give both organisations the hostnames that the tests open."""
    for host, organisation_id in ((HOST, meridian), (OTHER_HOST, other)):
        domains.add(db, destination(host, organisation_id), factories.NOW)
        domains.set_live(db, host, factories.NOW)


async def settled(house: House) -> None:
    """What was to be done after answers had left is done."""
    async with asyncio.timeout(5):
        while len(house.app[LATER]):
            await asyncio.sleep(0.005)


async def mails(house: House, organisation_id: int = 1) -> list[Queued]:
    """All that was queued, the oldest first."""
    await settled(house)

    def every(db: sqlite3.Connection) -> list[Queued]:
        rows = db.execute("SELECT * FROM outbox WHERE organisation_id = ? ORDER BY id", (organisation_id,))
        return [queued(row) for row in rows]

    return await house.store.read(every)


def link(mail: Queued, beginning: str) -> str:
    """The path of the link in a mail that begins so."""
    found = [path for path in _LINK.findall(mail.message.text) if path.startswith(beginning)]
    assert len(found) == 1, mail.message.text
    assert found[0] in mail.message.html
    return str(found[0])

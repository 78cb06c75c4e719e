"""Summing: a month's sums from the store, made now where they do not stand."""

from datetime import date

from aiohttp import web

from portal.services import services
from portal.visit import Visit
from store import rollups


async def summed(request: web.Request, visit: Visit, month: date) -> int:
    """The generation for which the sums of a month stand, after they were made if they did not."""
    store, key = services(request).store, (visit.organisation_id, visit.account_id)
    stands = await store.read(rollups.stands, *key, month)
    if stands is not None:
        return stands
    made = await store.read(rollups.summed, *key, month, visit.zone)
    for part in rollups.parts(made):
        await store.write(rollups.put, visit.organisation_id, made, part)
    await store.write(rollups.whole, visit.organisation_id, made)
    return made.generation

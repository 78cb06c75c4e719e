"""Summing: a month's sums from the store, made now where they do not stand."""

import asyncio
from datetime import date
from weakref import WeakValueDictionary

from aiohttp import web

from portal.services import services
from portal.visit import Visit
from store import rollups


class Turns:
    """Whose calls are being summed in this process: who comes meanwhile waits, and holds no reader of the store.

    A large month takes seconds. By customer, not by month, so that one of them takes one reader at most.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def of(self, key: tuple[int, int]) -> asyncio.Lock:
        """The turn of a customer of an organisation."""
        return self._locks.setdefault(key, asyncio.Lock())


TURNS = web.AppKey("summing", Turns)


def install(app: web.Application) -> None:
    """Give an application its turns."""
    app[TURNS] = Turns()


async def summed(request: web.Request, visit: Visit, month: date) -> int:
    """The generation for which the sums of a month stand, after they were made if they did not."""
    store, key = services(request).store, (visit.organisation_id, visit.account_id)
    stands = await store.read(rollups.stands, *key, month)
    if stands is not None:
        return stands
    async with request.config_dict[TURNS].of(key):
        stands = await store.read(rollups.stands, *key, month)
        return await _made(request, visit, month) if stands is None else stands


async def _made(request: web.Request, visit: Visit, month: date) -> int:
    store = services(request).store
    made = await store.read(rollups.summed, visit.organisation_id, visit.account_id, month)
    for part in rollups.parts(made):
        await store.write(rollups.put, visit.organisation_id, made, part)
    await store.write(rollups.whole, visit.organisation_id, made)
    return made.generation

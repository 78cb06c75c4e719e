"""A server that does nothing but look after imports; run as `python -m`, to be killed."""

import asyncio
import sys
from pathlib import Path

from store.database import Store
from tests.edge.jobs.import_house import ImportHouse


async def main(store: Path) -> None:
    opened = await Store.open(store)
    async with ImportHouse(opened).running():
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

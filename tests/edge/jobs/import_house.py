"""House: a store with an organisation whose imports wait, and an importer that runs beside the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from edge.jobs.importer import Importer, Limits
from edge.jobs.rounds import Rounds
from store import attempts, batches, import_jobs, uploads
from store.attempts import Asked, Attempt, Mode
from store.database import Store
from store.import_jobs import Job
from store.tasks import OwnedTasks
from store.upload_folder import Incoming, UploadFolder
from store.uploads import Announced

CUSTOMERS = "reference,name\nA1,Harbour Coffee Ltd\nA2,Quay Books\n"
PATIENCE = 60.0


def now() -> datetime:
    """The system's clock: what a child writes down is by it as well."""
    return datetime.now(UTC)


def customers_text(count: int) -> str:
    return "reference,name\n" + "".join(f"C{number},Customer {number}\n" for number in range(count))


class ImportHouse:
    """What a test asks of the store."""

    def __init__(self, store: Store):
        self.store = store
        self.folder = UploadFolder(store.path)

    async def send(self, text: str | bytes, kind: str = "customers", organisation_id: int = 1) -> int:
        """An upload that has come whole."""
        content = text.encode() if isinstance(text, str) else text
        incoming = self.folder.receive(0)
        assert isinstance(incoming, Incoming)
        incoming.write(content)
        incoming.keep()
        announced = Announced(kind, f"{kind}.csv", incoming.name, len(content), "staff:1")
        upload_id = await self.store.write(uploads.begin, organisation_id, announced, now())
        assert isinstance(upload_id, int)
        await self.store.write(uploads.complete, organisation_id, upload_id, len(content), now())
        return upload_id

    async def ask(
        self,
        upload_id: int,
        kind: str = "customers",
        *,
        organisation_id: int = 1,
        mode: Mode = "all",
        source: str = "",
    ) -> int:
        """An import that waits."""
        asked = Asked(kind, f"{kind}.csv", "staff:1", source, mode, draft=True)
        attempt_id = await self.store.write(attempts.create, organisation_id, asked, now())
        await self.store.write(import_jobs.ask, organisation_id, attempt_id, upload_id, now())
        return attempt_id

    async def job(self, attempt_id: int, organisation_id: int = 1) -> Job:
        found = await self.store.read(import_jobs.find, organisation_id, attempt_id)
        assert found
        return found

    async def attempt(self, attempt_id: int, organisation_id: int = 1) -> Attempt:
        found = await self.store.read(attempts.find, organisation_id, attempt_id)
        assert found
        return found

    async def until(self, attempt_id: int, holds: Callable[[Job, Attempt], bool]) -> tuple[Job, Attempt]:
        """Wait for a state of a job."""
        async with asyncio.timeout(PATIENCE):
            while True:
                job, attempt = await self.job(attempt_id), await self.attempt(attempt_id)
                if holds(job, attempt):
                    return job, attempt
                await asyncio.sleep(0.02)

    async def over(self, attempt_id: int) -> tuple[Job, Attempt]:
        """Wait for the end of a job."""
        return await self.until(attempt_id, lambda job, attempt: not job.open)

    async def merging(self, attempt_id: int) -> tuple[Job, Attempt]:
        """Wait until a child writes into the store."""
        async with asyncio.timeout(PATIENCE):
            while not await self.store.read(batches.staging):
                await asyncio.sleep(0.02)
        return await self.job(attempt_id), await self.attempt(attempt_id)

    async def states(self) -> list[tuple[str, Literal["staging", "draft", "published"] | str]]:
        return [(each.kind, each.state) for each in await self.store.read(batches.newest, 1)]

    def files(self) -> list[Path]:
        return sorted(self.folder.path.iterdir()) if self.folder.path.is_dir() else []

    @asynccontextmanager
    async def running(self, limits: Limits | None = None) -> AsyncIterator[Importer]:
        """An importer that looks often, until the block ends."""

        async def soon(_: float) -> None:
            await asyncio.sleep(0.02)

        importer = Importer(self.store, now, limits)
        tasks = OwnedTasks()
        tasks.start(importer.run(Rounds(now, soon)), "importer")
        try:
            yield importer
        finally:
            await tasks.close()

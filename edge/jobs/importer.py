"""Importer: makes the imports that wait, each in a child process; one at a time an organisation, few in all.

A job belongs to the process that looks after it. When that process is dead, another takes the job over: it waits
for a child that still lives, and begins anew where none does, as the same file again changes nothing. A child that
dies while its server lives would most likely die again: its job has failed. When the server stops, its children are
ended and their jobs wait for the next one.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from edge.jobs.import_child import MEMORY_BYTES, ImportChild, start
from edge.jobs.rounds import Rounds
from store import attempts, import_jobs, leases, organisations, uploads
from store.attempts import Attempt
from store.database import Store
from store.import_jobs import CANCELLED, MOST_TRIES, Job
from store.importing import abandon
from store.importing.writer import opened
from store.instants import Clock
from store.tasks import OwnedTasks
from store.upload_folder import UploadFolder

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
CANCEL_SECONDS = 120.0
"""A cancelled import takes back what it wrote; after so long it is ended by force, and the next one cleans up."""
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one import may take."""

    time: timedelta = timedelta(hours=4)
    memory: int = MEMORY_BYTES


class Importer:
    """Looks after the import jobs of a store; `run` it until it is cancelled."""

    def __init__(self, store: Store, clock: Clock, limits: Limits | None = None):
        self._store = store
        self._clock = clock
        self._limits = limits or Limits()
        self._folder = UploadFolder(store.path)
        self._us = leases.this_process()
        self._mine: set[tuple[int, int]] = set()
        self._tasks = OwnedTasks()

    async def run(self, rounds: Rounds) -> None:
        """Begin what waits, until cancelled; children are ended then."""
        try:
            await rounds.repeat("imports", self.round, EVERY_SECONDS)
        finally:
            await self._tasks.close()

    @property
    def looked_after(self) -> int:
        """How many jobs this process looks after just now."""
        return len(self._mine)

    async def round(self) -> None:
        """Take over what nobody looks after, begin what may begin."""
        for job in await self._store.read(import_jobs.running):
            if _key(job) not in self._mine and (job.owner == self._us or not leases.lives(job.owner)):
                if await self._store.write(import_jobs.adopt, *_key(job), job.owner, self._us):
                    self._look_after(job, self._taken_over)
        while await self._store.read(import_jobs.claimable):
            if claimed := await self._store.write(import_jobs.claim, self._us, self._clock()):
                self._look_after(claimed, self._begun)

    def _look_after(self, job: Job, work: Callable[[Job], Awaitable[None]]) -> None:
        self._mine.add(_key(job))
        self._tasks.start(self._until_over(job, work), f"import {job.attempt_id}")

    async def _until_over(self, job: Job, work: Callable[[Job], Awaitable[None]]) -> None:
        try:
            await work(job)
        finally:
            self._mine.discard(_key(job))

    async def _begun(self, job: Job) -> None:
        """A job from its child's start to its end."""
        words = await self._words(job)
        if words is None:
            await self._over(job, "the uploaded file is gone; upload it again")
            return
        try:
            child = await start(self._store.path, words, self._limits.memory)
        except OSError as error:
            await self._over(job, f"the system has no process for it just now: {error.strerror}")
            return
        log.info("import begun", extra={"attempt": job.attempt_id, "try": job.tries})
        await self._watched(job, child)

    async def _taken_over(self, job: Job) -> None:
        """A job whose server died: its child is waited for, or another one does it again."""
        attempt = await self._attempt(job)
        for owner in (job.child, attempt.owner if attempt else ""):
            if owner and leases.lives(owner):
                log.info("import taken over", extra={"attempt": job.attempt_id})
                await self._watched(job, ImportChild(owner))
                return
        await self._clear_dead()
        await self._over_or_again(job)

    async def _watched(self, job: Job, child: ImportChild) -> None:
        try:
            await self._store.write(import_jobs.set_child, *_key(job), child.owner)
            reason = await self._reason_of_end(job, child)
        except BaseException as error:
            await child.stop(signal.SIGTERM, STOP_SECONDS)
            if isinstance(error, asyncio.CancelledError):
                await self._over_or_again(job)
            raise
        if reason:
            await self._clear_dead()
        await self._over(job, reason)

    async def _reason_of_end(self, job: Job, child: ImportChild) -> str:
        """Wait for the child, end it where it must; why the import came to nothing, where its attempt cannot say."""
        latest = self._clock() + self._limits.time
        while not await child.ended(EVERY_SECONDS):
            now = await self._store.read(import_jobs.find, *_key(job))
            if now is None or now.cancelled_by:
                await child.stop(signal.SIGINT, CANCEL_SECONDS)
                return CANCELLED
            if self._clock() >= latest:
                await child.stop(signal.SIGINT, CANCEL_SECONDS)
                hours = self._limits.time / timedelta(hours=1)
                return f"it took longer than {hours:g} hours and was ended; nothing was changed"
        return _words_of(child.exit_code)

    async def _over(self, job: Job, reason: str) -> None:
        """Write down how a job ended: its attempt knows, or `reason` is why it came to nothing."""
        now = self._clock()
        attempt = await self._attempt(job)
        if attempt is None:  # its organisation is being removed
            return
        if not attempt.is_over:
            await self._store.write(attempts.fail, *_key(job), reason or _words_of(None), now)
        came = attempt.state in ("imported", "checked", "refused")
        ended: import_jobs.End = "done" if came else "cancelled" if reason == CANCELLED else "failed"
        await self._store.write(partial(import_jobs.end, state=ended, now=now), *_key(job))
        log.info("import over", extra={"attempt": job.attempt_id, "state": ended, "reason": reason})
        if attempt.state == "imported":
            await self._remove_file(job)

    async def _over_or_again(self, job: Job) -> None:
        """The end of a job whose child was ended with its server; one that was not done waits again."""
        attempt = await self._attempt(job)
        now = await self._store.read(import_jobs.find, *_key(job))
        done = attempt is None or attempt.state in ("imported", "checked", "refused")
        if done or now is None:
            await self._over(job, "")
        elif now.cancelled_by:
            await self._over(job, CANCELLED)
        elif job.tries >= MOST_TRIES:
            await self._over(job, f"it was begun {MOST_TRIES} times, and the server ended each time")
        else:
            await self._store.write(import_jobs.wait_again, *_key(job))

    async def _words(self, job: Job) -> list[str] | None:
        """The words of the command; None when the file is gone."""
        attempt = await self._attempt(job)
        upload = await self._store.read(uploads.find, job.organisation_id, job.upload_id)
        organisation = await self._store.read(organisations.by_id, job.organisation_id)
        if attempt is None or upload is None or organisation is None or not upload.here:
            return None
        file = await asyncio.to_thread(self._folder.file, upload.stored_name)
        if file is None:
            return None
        asked = attempt.asked
        words = [asked.kind, str(file.resolve()), "--organisation", organisation.slug]
        return [*words, "--attempt", str(attempt.id), "--json"]

    async def _remove_file(self, job: Job) -> None:
        """What is in the store is not needed twice; a file that another import waits for stays."""
        if await self._store.read(import_jobs.is_in_use, job.organisation_id, job.upload_id):
            return
        upload = await self._store.read(uploads.find, job.organisation_id, job.upload_id)
        if upload:
            await asyncio.to_thread(self._folder.remove, upload.stored_name)
            await self._store.write(uploads.mark_removed, upload.organisation_id, upload.id, self._clock())

    async def _attempt(self, job: Job) -> Attempt | None:
        return await self._store.read(attempts.find, *_key(job))

    async def _clear_dead(self) -> None:
        """Rows that a dead import left are seen by nobody, but stand in the way of the next one."""
        try:
            await asyncio.to_thread(_clear_dead, self._store, self._clock)
        except Exception:
            log.exception("what a dead import left is not cleared; the next import tries again")


def _clear_dead(store: Store, clock: Clock) -> None:
    with opened(store.path) as writer:
        abandon.clear_dead(writer, store.path, clock)


def _key(job: Job) -> tuple[int, int]:
    return job.organisation_id, job.attempt_id


def _words_of(exit_code: int | None) -> str:
    """Why a child came to nothing that could not say so itself."""
    match exit_code:
        case 0 | 1:
            return ""
        case int() if exit_code < 0:
            ended = "for want of memory, perhaps" if -exit_code == signal.SIGKILL else "by the system"
            return f"its process was ended {ended} (signal {-exit_code}); nothing was changed"
        case _:
            return "it could not be done; the server's log says why"

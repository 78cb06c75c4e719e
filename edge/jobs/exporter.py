"""Exporter: makes the archives that were asked for, one at a time, each in a process of its own.

Reading a million rows and packing them would take the interpreter from every handshake.
"""

import asyncio
import logging
import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path

from edge.jobs.rounds import Rounds
from store import archive, exports, leases
from store.database import Store
from store.exports import Export
from store.instants import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
NICENESS = 10
"""Serving goes before."""
_SPAWN = multiprocessing.get_context("spawn")


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Make what waits, take away what is a week old; runs until cancelled."""
    await rounds.repeat("exports", lambda: _round(store, clock), EVERY_SECONDS)


async def _round(store: Store, clock: Clock) -> None:
    if await store.read(exports.is_due, clock()):
        folder = exports.folder(store.path)
        us = leases.this_process()
        await store.write(exports.begin_anew, us)
        if export := await store.write(exports.begin_next, us):
            await _make(store, folder, export, clock)
        await _tidy(store, folder, clock)


async def _make(store: Store, folder: Path, export: Export, clock: Clock) -> None:
    destination, at = folder / export.file_name, f"{clock():%Y-%m-%d %H:%M} UTC"
    key = export.organisation_id, export.id
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        error = await _in_a_process(store.path, export.organisation_id, destination, at)
    except OSError as failure:  # no folder, or no process: what is under way must not stay so for ever
        error = failure.strerror or str(failure)
    if error:
        log.error("export failed", extra={"export": export.id, "reason": error})
        await store.write(exports.fail, *key, error, clock())
        return
    size = (await asyncio.to_thread(destination.stat)).st_size
    await store.write(exports.finish, *key, size, clock())
    log.info("export made", extra={"export": export.id, "bytes": size})


async def _in_a_process(store: Path, organisation_id: int, destination: Path, at: str) -> str:
    """Why it failed; empty when it did not. A process whose waiter is cancelled is killed."""
    ours, theirs = _SPAWN.Pipe(duplex=False)
    child = _SPAWN.Process(target=_write, args=(store, organisation_id, destination, at, theirs), daemon=True)
    with ours, theirs:
        await asyncio.to_thread(child.start)
        try:
            await asyncio.to_thread(child.join)
        except asyncio.CancelledError:
            child.kill()
            raise
        if child.exitcode == 0:
            return ""
        return str(ours.recv()) if ours.poll() else f"its process ended with {child.exitcode}"


def _write(store: Path, organisation_id: int, destination: Path, at: str, failed: Connection) -> None:
    """In the process: the archive, in place of what an earlier try left."""
    os.nice(NICENESS)
    destination.unlink(missing_ok=True)
    try:
        archive.write(store, organisation_id, destination, at, lambda part, done: None)
    except OSError as error:
        failed.send(error.strerror or str(error))
        raise SystemExit(1) from None


async def _tidy(store: Store, folder: Path, clock: Clock) -> None:
    """Files that no row keeps any more: past their week, or of an organisation that is gone."""
    kept = await store.write(exports.kept_files, clock())
    for path in await asyncio.to_thread(lambda: [*folder.glob("*.zip"), *folder.glob("*.zip.part")]):
        if path.name not in kept:  # never a half one: its process has ended, or was killed
            path.unlink(missing_ok=True)

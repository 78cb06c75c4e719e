"""Receiving: a file streams from the request to the disk; what breaks off or is refused leaves none behind."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from admin.api.call import Call
from admin.api.problems import ProblemRaised
from store import uploads
from store.upload_folder import LARGEST_BYTES, Incoming, NoRoom, UploadFolder
from store.uploads import Announced, Full

log = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
"""A sender that says nothing for so long has left."""
PIECE_BYTES = 2**20


@dataclass(slots=True)
class Received:
    """A file that has come whole; unless it is `kept`, it goes again."""

    upload_id: int
    digest: bytes
    kept: bool = False


@asynccontextmanager
async def received(call: Call, kind: str, file_name: str) -> AsyncIterator[Received]:
    """Take the body as a file for the block; 413, 507 or 409 where it cannot be."""
    size = call.request.content_length
    if (size or 0) > LARGEST_BYTES:
        raise _too_large()
    incoming = await asyncio.to_thread(UploadFolder(call.store.path).receive, size or LARGEST_BYTES)
    if isinstance(incoming, NoRoom):
        log.warning("upload refused", extra={"wanted": incoming.wanted, "free": incoming.free})
        raise _no_room()
    upload_id: int | Full | None = None
    found: Received | None = None
    try:
        announced = Announced(kind, file_name, incoming.name, size or LARGEST_BYTES, call.caller.actor)
        upload_id = await call.store.write(uploads.begin, call.organisation_id, announced, call.now)
        if isinstance(upload_id, Full):
            raise ProblemRaised(
                "not-possible",
                f"There are {upload_id.files} files here already that wait; send this one later.",
            )
        found = Received(upload_id, await _streamed(call, incoming))
        await call.store.write(uploads.complete, call.organisation_id, upload_id, incoming.size, call.now)
        yield found
    except OSError as error:
        if isinstance(error, ConnectionError):
            raise
        log.warning("upload not kept", extra={"reason": error.strerror})
        raise _no_room() from None
    finally:
        if not (found and found.kept):
            await asyncio.shield(_discard(call, incoming, upload_id))


async def _streamed(call: Call, incoming: Incoming) -> bytes:
    digest, pending = hashlib.sha256(), bytearray()
    chunks = call.request.content.iter_any().__aiter__()
    while chunk := await _next(chunks):
        pending += chunk
        if incoming.size + len(pending) > LARGEST_BYTES:
            raise _too_large()
        if len(pending) >= PIECE_BYTES:
            await asyncio.to_thread(_write, incoming, digest, bytes(pending))
            pending.clear()
    await asyncio.to_thread(_write, incoming, digest, bytes(pending))
    if not incoming.size:
        raise ProblemRaised("refused", "The file is empty.")
    await asyncio.to_thread(incoming.keep)
    return digest.digest()


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            return await anext(chunks, b"")
    except TimeoutError:
        raise ProblemRaised("timed-out", f"Nothing came for {IDLE_SECONDS:.0f} s.") from None


def _write(incoming: Incoming, digest: "hashlib._Hash", piece: bytes) -> None:
    incoming.write(piece)
    digest.update(piece)


async def _discard(call: Call, incoming: Incoming, upload_id: int | Full | None) -> None:
    await asyncio.to_thread(incoming.discard)
    if isinstance(upload_id, int):
        await call.store.write(uploads.mark_removed, call.organisation_id, upload_id, call.now)


def _too_large() -> ProblemRaised:
    return ProblemRaised(
        "too-large",
        f"At most {LARGEST_BYTES >> 20} MiB are taken; divide the file, or import it on the server.",
    )


def _no_room() -> ProblemRaised:
    return ProblemRaised("no-room", "The provider has to make room on the server; please send it later.")

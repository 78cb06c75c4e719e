"""Receiving: an uploaded file streams from its form to the disk; its token comes first, before any byte of it.

The form's fields are `csrf`, `kind`, `file`, in this order. What is refused or breaks off leaves no file behind.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import BodyPartReader, MultipartReader, web

from admin.keys import CLOCK, STORE, VISITOR
from admin.rights import organisation_of
from portal import csrf
from store import uploads
from store.importing.kinds import KINDS
from store.upload_folder import LARGEST_BYTES, Incoming, NoRoom, UploadFolder
from store.uploads import Announced, Full

log = logging.getLogger(__name__)

FORM_BYTES = 64 * 1024
"""What a form may have around its file."""
IDLE_SECONDS = 60.0
"""A sender that says nothing for so long has left."""
FIELD_BYTES = 1024
CHUNK_BYTES = 64 * 1024
PIECE_BYTES = 2**20
DOCUMENTS = "documents"
KIND_NAMES = (*KINDS, DOCUMENTS)


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why a file was not taken, for whoever sent it; `kind`: what they said that it holds."""

    status: int
    reason: str
    kind: str = ""
    field: str = "file"
    """Of the form, that is at fault."""


async def receive(request: web.Request) -> int | NotTaken:
    """Take the form's file; the id of the upload. 403 for a form that is not ours, 400 for what is none."""
    if request.content_type != "multipart/form-data":
        await csrf.check_token(request, request[VISITOR].session.csrf_token)
        raise web.HTTPBadRequest
    size = request.content_length
    if size is None:
        raise web.HTTPLengthRequired
    if size > LARGEST_BYTES + FORM_BYTES:
        return NotTaken(413, TOO_LARGE)
    try:
        return await _receive(request, await request.multipart(), size)
    except (web.HTTPException, ConnectionError):
        raise
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except OSError as error:
        log.warning("upload not kept", extra={"reason": error.strerror})
        return NotTaken(507, DISK_FULL)
    except Exception as error:  # whatever aiohttp's parser trips over: no boundary, no end, no headers
        raise web.HTTPBadRequest from error


async def _receive(request: web.Request, form: MultipartReader, size: int) -> int | NotTaken:
    given = request.headers.get(csrf.HEADER) or await _text(await _next(form), csrf.FIELD)
    csrf.check(given, request[VISITOR].session.csrf_token)
    part = await _next(form)
    if part is not None and part.name == csrf.FIELD:  # its token was in the header as well
        part = await _next(form)
    kind = await _text(part, "kind")
    if kind not in KIND_NAMES:
        return NotTaken(422, "Choose what the file holds.", field="kind")
    file = await _next(form)
    if file is None or file.name != "file" or not file.filename:
        return NotTaken(422, "Choose a file to upload.", kind)
    return await _keep(request, form, file, kind, size)


async def _keep(
    request: web.Request, form: MultipartReader, file: BodyPartReader, kind: str, size: int
) -> int | NotTaken:
    store, clock = request.app[STORE], request.app[CLOCK]
    organisation = organisation_of(request)
    incoming = await asyncio.to_thread(UploadFolder(store.path).receive, size)
    if isinstance(incoming, NoRoom):
        log.warning("upload refused", extra={"wanted": incoming.wanted, "free": incoming.free})
        return NotTaken(507, DISK_FULL, kind)
    upload_id: int | Full | None = None
    kept = False
    try:
        actor = f"staff:{request[VISITOR].member.id}"
        announced = Announced(kind, file.filename or "", incoming.name, size, actor)
        upload_id = await store.write(uploads.begin, organisation.id, announced, clock())
        if isinstance(upload_id, Full):
            return NotTaken(422, _full(upload_id), kind)
        async for piece in _pieces(file):
            if incoming.size + len(piece) > LARGEST_BYTES:
                return NotTaken(413, TOO_LARGE, kind)
            await asyncio.to_thread(incoming.write, piece)
        if await _next(form) is not None:
            raise web.HTTPBadRequest
        if not incoming.size:
            return NotTaken(422, "The file is empty.", kind)
        await asyncio.to_thread(incoming.keep)
        await store.write(uploads.complete, organisation.id, upload_id, incoming.size, clock())
        kept = True
        return upload_id
    finally:
        if not kept:
            await asyncio.shield(_discard(request, incoming, upload_id))


async def _discard(request: web.Request, incoming: Incoming, upload_id: int | Full | None) -> None:
    await asyncio.to_thread(incoming.discard)
    if isinstance(upload_id, int):
        now = request.app[CLOCK]()
        organisation_id = organisation_of(request).id
        await request.app[STORE].write(uploads.mark_removed, organisation_id, upload_id, now)


async def _next(form: MultipartReader) -> BodyPartReader | None:
    async with asyncio.timeout(IDLE_SECONDS):
        part = await form.next()
    if isinstance(part, MultipartReader):
        raise web.HTTPBadRequest
    return part


async def _text(part: BodyPartReader | None, name: str) -> str:
    """A short field of the form; empty if another stands in its place."""
    if part is None or part.name != name:
        return ""
    async with asyncio.timeout(IDLE_SECONDS):
        data = bytearray()
        while chunk := await part.read_chunk(FIELD_BYTES):
            data += chunk
            if len(data) > FIELD_BYTES:
                raise web.HTTPBadRequest
    return data.decode("utf-8", "replace")


async def _pieces(file: BodyPartReader) -> AsyncIterator[bytes]:
    """A file in pieces that are worth a turn of a thread."""
    piece = bytearray()
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            chunk = await file.read_chunk(CHUNK_BYTES)
        if not chunk:
            break
        piece += chunk
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _full(full: Full) -> str:
    return (
        f"There are {full.files} uploaded files here already. Import or remove some of them,"
        " then upload this one again."
    )


TOO_LARGE = (
    f"The file is larger than the {LARGEST_BYTES >> 20} MiB that can be uploaded."
    " Divide it, or ask your provider to import it on the server."
)
DISK_FULL = "The server has no room for this file just now. Your provider has to make some; please try later."

"""Receiving: the file of a form, held in memory; the form's token comes before it."""

import asyncio
from dataclasses import dataclass

from aiohttp import BodyPartReader, MultipartReader, web

from admin.branding import words
from admin.keys import VISITOR
from portal import csrf
from portal.brand.limits import LARGEST_BYTES

FORM_BYTES = 16 * 1024
"""What a form may have around its file."""
SECONDS = 60.0
"""A form that has not come after so long is not waited for."""
_FIELD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class NotReceived:
    """Why there is no file, for whoever sent the form."""

    status: int
    reason: str


async def received(request: web.Request) -> bytes | NotReceived:
    """The file of the fields `csrf`, `file`, in this order. 403 for a form that is not ours, 400 for what is none."""
    if request.content_type != "multipart/form-data":
        await csrf.check_token(request, request[VISITOR].session.csrf_token)
        return NotReceived(422, words.NO_FILE)
    size = request.content_length
    if size is None:
        raise web.HTTPLengthRequired
    if size > LARGEST_BYTES + FORM_BYTES:
        return NotReceived(413, words.TOO_LARGE)
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(request, await request.multipart())
    except (web.HTTPException, ConnectionError):
        raise
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except Exception as error:  # whatever aiohttp's parser trips over: no boundary, no end, no headers
        raise web.HTTPBadRequest from error


async def _read(request: web.Request, form: MultipartReader) -> bytes | NotReceived:
    token = await _content(await form.next(), csrf.FIELD, _FIELD_BYTES)
    given = request.headers.get(csrf.HEADER) or (token or b"").decode("ascii", "replace")
    csrf.check(given, request[VISITOR].session.csrf_token)
    part = await form.next()
    if not isinstance(part, BodyPartReader) or not part.filename:
        return NotReceived(422, words.NO_FILE)
    file = await _content(part, "file", LARGEST_BYTES)
    return NotReceived(413, words.TOO_LARGE) if file is None else file


async def _content(part: BodyPartReader | MultipartReader | None, name: str, most: int) -> bytes | None:
    """What a field holds; None for more than `most`. 400 for another field in its place."""
    if not isinstance(part, BodyPartReader) or part.name != name:
        raise web.HTTPBadRequest
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > most:
            return None
    return bytes(data)

"""Receiving: a form with a private key in it, held in memory alone: files of forms else touch the disk."""

import asyncio

from aiohttp import BodyPartReader, web

from admin.keys import VISITOR
from portal import csrf

LARGEST_BYTES = 64 * 1024
"""Ten certificates and a key come to some 20 kB."""
SECONDS = 30.0
"""A form that has not come after so long is not waited for."""
FIELDS = ("certificate", "key", "files")


async def received(request: web.Request) -> bytes | None:
    """All that the fields hold, pasted and from files, one after the other; None for too much.

    403 for a form that is not ours, 400 for what is none.
    """
    if request.content_type != "multipart/form-data":
        await csrf.check_token(request, request[VISITOR].session.csrf_token)
        raise web.HTTPBadRequest
    if request.content_length is None:
        raise web.HTTPLengthRequired
    if request.content_length > LARGEST_BYTES:
        return None
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(request)
    except (web.HTTPException, ConnectionError):
        raise
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except Exception as error:  # whatever aiohttp's parser trips over: no boundary, no end, no headers
        raise web.HTTPBadRequest from error


async def _read(request: web.Request) -> bytes:
    form = await request.multipart()
    token = await form.next()
    if not isinstance(token, BodyPartReader) or token.name != csrf.FIELD:
        raise web.HTTPBadRequest
    given = (await token.read(decode=False)).decode("ascii", "replace")
    csrf.check(request.headers.get(csrf.HEADER) or given, request[VISITOR].session.csrf_token)
    sent = []
    while (part := await form.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name not in FIELDS:
            raise web.HTTPBadRequest
        sent.append(bytes(await part.read(decode=False)))
    return b"\n".join(sent)

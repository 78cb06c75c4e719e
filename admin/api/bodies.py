"""Bodies: read whole, up to what a route takes; anything else is a problem before it costs anything."""

import asyncio
from collections.abc import Collection

import msgspec
from aiohttp import web

from admin.api.problems import FieldFault, ProblemRaised

JSON = "application/json"
PDF = "application/pdf"
CSV = "text/csv"
ZIP = "application/zip"
JSON_BYTES = 8 * 2**20
"""Ten thousand calls with every column full are 6 MB."""
BODY_SECONDS = 60.0


async def read(request: web.Request, content_type: str, most: int) -> bytes:
    """The body; 415, 413 or 408 for one that is not taken."""
    check_type(request, (content_type,))
    return await _read(request, most)


def check_type(request: web.Request, content_types: Collection[str]) -> None:
    """415 for a body of another kind, or a packed one."""
    if request.content_type not in content_types or request.charset not in (None, "utf-8", "UTF-8"):
        raise ProblemRaised("wrong-content-type", f"Send {' or '.join(content_types)}.")
    if "Content-Encoding" in request.headers:
        raise ProblemRaised("wrong-content-type", "Send the body as it is, without Content-Encoding.")


async def read_nothing(request: web.Request) -> None:
    """400 for a body where none is taken."""
    if request.can_read_body and await _read(request, most=0):
        raise ProblemRaised("bad-request", "This request takes no body.")


def decoded(body: bytes) -> object:
    """JSON as Python has it; 400 for what is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise not_json(error) from None


def not_json(error: Exception) -> ProblemRaised:
    """400, with the parser's own words."""
    words = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return ProblemRaised("bad-request", f"The body is not JSON: {words}.")


def misfit(error: msgspec.ValidationError, kind: str = "refused") -> ProblemRaised:
    """What does not fit the schema, and where."""
    fault = fault_of(error)
    return ProblemRaised(kind, f"{fault.field or 'The body'}: {fault.detail}", (fault,))


def fault_of(error: msgspec.ValidationError) -> FieldFault:
    """msgspec's words, taken apart: “Expected `str`, got `int` - at `$.rows[2].name`”."""
    words, _, place = str(error).partition(" - at `")
    return FieldFault(place.removesuffix("`").removeprefix("$").removeprefix("."), words)


async def _read(request: web.Request, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise ProblemRaised("timed-out", f"The body did not arrive within {BODY_SECONDS:.0f} s.") from None
    return bytes(body)


def _too_large(most: int) -> ProblemRaised:
    if not most:
        return ProblemRaised("bad-request", "This request takes no body.")
    return ProblemRaised("too-large", f"At most {most:,} bytes are taken; send more requests, or a file.")

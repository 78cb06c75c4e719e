"""Streams: what changes is told to open pages as server-sent events; few streams a visitor, and each ends by itself.

A stream lasts two minutes: the browser comes back, and who may see it is asked anew each time.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 120.0
RETRY_MILLISECONDS = 1000
MAX_OF_ONE = 4
"""Streams of one session, or one private link."""
MAX_OF_ORGANISATION = 20
MAX_IN_ALL = 200
BUSY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Moment:
    """What a page is told: `token` names the state, `looked` the last look; `over`: nothing more will come."""

    token: str
    told: dict[str, object]
    looked: str
    over: bool


Read = Callable[[], Awaitable[Moment | None]]
"""The present moment; None: there is nothing to tell of any more."""


class Streams:
    """The open streams, counted."""

    def __init__(self) -> None:
        self._open: Counter[object] = Counter()
        self._ending = asyncio.Event()

    @contextmanager
    def taken(self, who: object, organisation_id: int) -> Iterator[None]:
        """A place for one more; 429 where there is none."""
        whole = ("organisation", organisation_id)
        bounds = {("one", who): MAX_OF_ONE, whole: MAX_OF_ORGANISATION, "all": MAX_IN_ALL}
        if any(self._open[key] >= most for key, most in bounds.items()):
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(BUSY_SECONDS)})
        self._open.update(bounds.keys())
        try:
            yield
        finally:
            self._open.subtract(bounds.keys())
            self._open = +self._open

    def __len__(self) -> int:
        return self._open["all"]

    def end(self) -> None:
        """End every stream: the process stops."""
        self._ending.set()

    async def send(self, request: web.Request, read: Read) -> web.StreamResponse:
        """Tell what changes until it is over, the time is up or nobody listens."""
        first = await read()
        if first is None:
            raise web.HTTPNotFound
        response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        try:
            await self._tell(request, response, read, first)
        except ConnectionError:
            pass  # the page was closed
        return response

    async def _tell(
        self, request: web.Request, response: web.StreamResponse, read: Read, first: Moment
    ) -> None:
        loop = asyncio.get_running_loop()
        until = sent_at = loop.time()
        until += STREAM_SECONDS
        await response.write(f"retry: {RETRY_MILLISECONDS}\n\n".encode())
        known, looked = request.headers.get("Last-Event-ID", ""), first.looked
        moment: Moment | None = first
        while moment is not None:
            text = _news(moment, known, looked)
            if not text and loop.time() - sent_at >= HEARTBEAT_SECONDS:
                text = ": still here\n\n"
            if text:
                await response.write(text.encode())
                sent_at = loop.time()
            known, looked = moment.token, moment.looked
            if moment.over or loop.time() >= until or _is_gone(request) or await self._ends():
                return
            moment = await read()
        await response.write(b"event: gone\ndata: {}\n\n")

    async def _ends(self) -> bool:
        """Wait for the next look into the store; True: the process stops meanwhile."""
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._ending.wait()
        except TimeoutError:
            return False
        return True


STREAMS = web.AppKey("streams", Streams)


def install(app: web.Application) -> None:
    """Give an application its streams; they end when it does."""
    app[STREAMS] = streams = Streams()

    async def end(_: web.Application) -> None:
        streams.end()

    app.on_shutdown.append(end)


def _news(moment: Moment, known: str, looked: str) -> str:
    if moment.token != known:
        return f"id: {moment.token}\nevent: state\ndata: {json.dumps(moment.told)}\n\n"
    if moment.looked != looked:
        return f"event: look\ndata: {json.dumps({'looked': moment.looked})}\n\n"
    return ""


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()

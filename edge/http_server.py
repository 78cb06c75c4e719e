"""HTTP server: aiohttp's, as strangers may meet it: none waits for ever, what is no HTTP is one log line, and what
could be read in two ways is refused before it is read."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestHandler

from edge.http1.gate import Gate
from edge.http1.pace import Pace
from edge.http1.refusal import Refusal
from edge.introduction import Introduction
from edge.street import Street

log = logging.getLogger(__name__)

Answered = Callable[[asyncio.BaseTransport, web.BaseRequest, web.StreamResponse, float], None]
"""Hears of each answer that was sent: on which connection, to what, and after how many seconds."""

_REFUSED = b"\0\r\n\r\n"
"""In place of a head that is refused: aiohttp refuses this one."""

_WORDS = {431: "The address or the headers of this request are larger than we read.\n"}

HEAD_SECONDS = 75.0
"""From the end of one answer (or the handshake) until the next request's head is complete."""


class Runner(web.AppRunner):
    """Runs an application; from `is_stopping` on each answer is the last of its connection."""

    def __init__(
        self,
        app: web.Application,
        *,
        is_stopping: Callable[[], bool],
        shutdown_seconds: float,
        introduces: Callable[[str], bool] | None = None,
        answered: Answered | None = None,
        street: Street | None = None,
    ):
        """`introduces`: whether the peer of this address says who its connections are from (PROXY protocol);
        `street`: where this is a listener of its own."""
        super().__init__(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=shutdown_seconds,
            keepalive_timeout=HEAD_SECONDS,
            # A body that is unpacked here has another length than its head tells an upstream: the rest would be
            # taken from the next visitor's request.
            auto_decompress=False,
        )

        self._introduces = introduces
        self._answered = answered
        self._street = street

        async def say_last(_: web.Request, response: web.StreamResponse) -> None:
            if is_stopping():
                response.headers["Connection"] = "close"
                response.force_close()

        app.on_response_prepare.append(say_last)

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        server = _Server(made.request_handler, request_factory=made.request_factory, **made._kwargs)
        server.introduces, server.answered, server.street = self._introduces, self._answered, self._street
        return server


class _Server(web.Server):
    introduces: Callable[[str], bool] | None = None
    answered: Answered | None = None
    street: Street | None = None

    def __call__(self) -> RequestHandler:
        if self.introduces is None:
            return self._requests()
        return Introduction(self._requests, self.introduces)  # type: ignore[return-value]

    def _requests(self) -> RequestHandler:
        return _Requests(self, self.answered, self.street, loop=self._loop, **self._kwargs)


class _Requests(RequestHandler):
    __slots__ = ("_answered", "_carrier", "_gate", "_pace", "_place", "_stalled", "_street")

    def __init__(
        self, server: _Server, answered: Answered | None, street: Street | None, **more: Any
    ) -> None:
        super().__init__(server, **more)
        self._answered = answered
        self._street = street
        self._place: str | None = None
        self._pace: Pace | None = None  # of the body that is under way
        self._stalled: asyncio.TimerHandle | None = None
        self._logging_enabled = answered is not None  # aiohttp then takes the time

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._gate = Gate()
        self._carrier: asyncio.BaseTransport | None = None
        if self._street is not None:
            self._place = self._street.enter(transport)
            if self._place is None:
                cast(asyncio.Transport, transport).abort()
                return
        self._carrier = transport
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._carrier is None:
            return  # there was no place for it
        self._cancel_stalled()
        super().connection_lost(exc)
        if self._street is not None and self._place is not None:
            self._street.crowd.leave(self._place)
        self._carrier = None  # no cycles for the collector to find

    def pause_writing(self) -> None:
        """The peer takes nothing; on https the listener ends who goes on so."""
        super().pause_writing()
        if self._street is not None and self._stalled is None:
            self._stalled = self._loop.call_later(self._street.stalled_seconds, self._drop)

    def resume_writing(self) -> None:
        self._cancel_stalled()
        super().resume_writing()

    def _cancel_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _drop(self) -> None:
        cast(asyncio.Transport, self._carrier).abort()

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """aiohttp's own place for it; `time` is when the request's turn came."""
        if self._answered is not None and self._carrier is not None and time is not None:
            self._answered(self._carrier, request, response, self._loop.time() - time)

    def data_received(self, data: bytes) -> None:
        """Also called with nothing, to read on in what was sent ahead."""
        if not data:
            super().data_received(data)
            return
        gate = self._gate
        if gate.refusal is not None:
            return  # whatever follows has no meaning any more
        if passed := gate.feed(data):
            super().data_received(passed)
        if gate.is_in_body:
            self._keep_pace(gate, len(data))
        else:
            self._pace = None
        if gate.refusal is not None:
            self._refuse(gate)

    def _keep_pace(self, gate: Gate, size: int) -> None:
        if self._pace is None:
            self._pace = Pace(self._loop.time())
        elif not self._pace.keeps(size, self._loop.time()):
            gate.refusal = Refusal(408, "body too slow")

    def _refuse(self, gate: Gate) -> None:
        """By aiohttp itself, so that it answers in its turn: after those that were sent before."""
        if gate.is_in_body:
            self.force_close()  # who reads the body hears that it is cut short
        else:
            super().data_received(_REFUSED)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Neither log nor answer repeats what was sent: it may be a header with a secret in it."""
        if isinstance(exc, HttpProcessingError):
            refusal = self._gate.refusal
            status = (
                refusal.status if refusal is not None else 431 if isinstance(exc, LineTooLong) else status
            )
            words = _WORDS.get(status, "This is not a request that we understand.\n")
            reason = type(exc).__name__ if refusal is None else refusal.why
            log.info("malformed request", extra={"peer": request.remote, "reason": reason})
        else:
            words = "Something went wrong on our side.\n"
            log.error("request failed", extra={"peer": request.remote}, exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("part of another answer is sent already")
        answer = _Nameless(status=status, text=words)
        answer.force_close()
        return answer


class _Nameless(web.Response):
    """An answer outside of any application, where no signal can take aiohttp's name out."""

    async def _prepare_headers(self, *arguments: Any) -> None:
        await super()._prepare_headers(*arguments)
        self.headers.pop("Server", None)

"""HTTP server: aiohttp's, as strangers may meet it: none waits for ever, and what is no HTTP is one log line."""

import logging
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

log = logging.getLogger(__name__)

HEAD_SECONDS = 75.0
"""From the end of one answer (or the handshake) until the next request's head is complete."""


class Runner(web.AppRunner):
    """Runs an application; from `is_stopping` on each answer is the last of its connection."""

    def __init__(self, app: web.Application, *, is_stopping: Callable[[], bool], shutdown_seconds: float):
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

        async def say_last(_: web.Request, response: web.StreamResponse) -> None:
            if is_stopping():
                response.headers["Connection"] = "close"
                response.force_close()

        app.on_response_prepare.append(say_last)

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(made.request_handler, request_factory=made.request_factory, **made._kwargs)


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Requests(self, loop=self._loop, **self._kwargs)


class _Requests(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Neither log nor answer repeats what was sent: it may be a header with a secret in it."""
        if isinstance(exc, HttpProcessingError):
            words = "This is not a request that we understand.\n"
            log.info("malformed request", extra={"peer": request.remote, "reason": type(exc).__name__})
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

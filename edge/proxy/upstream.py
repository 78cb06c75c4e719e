"""Upstream: one connection to an upstream: a request up, its answer down, and the next one."""

import asyncio
import logging
from typing import Protocol, cast

from edge.http1 import fields
from edge.http1.chunked import ChunkedBody, Malformed, chunk, last_chunk
from edge.http1.length import OpenBody
from edge.http1.response_head import Body
from edge.proxy import answer, hop_by_hop
from edge.proxy.answer import Answer
from edge.proxy.request import Request
from edge.proxy.tunnel import Tunnel

log = logging.getLogger(__name__)

MAX_HEAD = 64 * 1024


class Asker(Protocol):
    """Whose request it is; `edge.proxy.visitor.Visitor`."""

    @property
    def request(self) -> Request: ...

    @property
    def request_done(self) -> bool: ...

    def interim(self, head: Answer) -> None: ...

    def answer_head(self, head: Answer, framing: bytes) -> bytes: ...

    def send(self, data: bytes) -> None: ...

    def answer_done(self, data: bytes) -> None: ...

    def answer_failed(self, status: int, why: str) -> None: ...

    def ask_again(self) -> None: ...

    def switch(self, head: bytes, upstream: asyncio.Transport) -> Tunnel: ...

    def tunnel_ended(self) -> None: ...

    def hold(self) -> None: ...

    def go_on(self) -> None: ...


class Home(Protocol):
    """Where a connection rests between requests; `edge.proxy.pool.Pool`."""

    def read_answer(self, head: bytes) -> Answer | None: ...

    def rest(self, upstream: "Upstream") -> None: ...

    def lost(self, upstream: "Upstream") -> None: ...


class Upstream(asyncio.Protocol):
    """Reads strictly: an answer that can be read in two ways is none."""

    __slots__ = (
        "_answer",
        "_asker",
        "_body",
        "_framing",
        "_heard",
        "_home",
        "_kept",
        "_paused",
        "_transport",
        "_tunnel",
        "_used",
        "since",
    )

    _transport: asyncio.Transport

    def __init__(self, home: Home) -> None:
        self._home = home
        self._asker: Asker | None = None
        self._answer: Answer | None = None
        self._body: Body | None = None
        self._tunnel: Tunnel | None = None
        self._framing = b""
        self._kept = b""
        self._heard = self._used = self._paused = False
        self.since = 0.0
        """When it came to rest, by the loop's clock."""

    # What a visitor asks for

    def ask(self, asker: Asker, head: bytes) -> None:
        """Send the head of a request; what is heard next is its answer."""
        self._asker = asker
        self._answer = self._body = None
        self._heard = False
        self._transport.write(head)

    def write(self, data: bytes) -> None:
        """More of the request."""
        self._transport.write(data)

    def pause(self) -> None:
        """The visitor does not keep up."""
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """It does again."""
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def is_closing(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return self._transport.is_closing()

    def abandon(self) -> None:
        """Nobody wants the answer, or the rest of it."""
        self._asker = None
        self._transport.abort()

    # What the transport says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        asker = self._asker
        if asker is None:
            self._transport.abort()  # words that nobody asked for, perhaps meant for the next who asks
        elif self._tunnel is not None:
            self._tunnel.down(data)
        elif self._body is None:
            self._heard = True
            self._read_head(asker, self._kept + data if self._kept else data)
        else:
            self._pass_body(asker, self._body, b"", data)

    def eof_received(self) -> bool:
        asker = self._asker
        if asker is not None and isinstance(self._body, OpenBody):
            self._finish(asker, last_chunk() if self._framing else b"", ended=True)
        return False

    def connection_lost(self, exc: BaseException | None) -> None:
        self._home.lost(self)
        asker, self._asker = self._asker, None
        if asker is None:
            return
        if self._tunnel is not None:
            asker.tunnel_ended()
        elif self._used and not self._heard and asker.request.repeatable:
            asker.ask_again()
        else:
            asker.answer_failed(502, "connection ended early" if exc is None else type(exc).__name__)

    def pause_writing(self) -> None:
        if self._asker is not None:
            self._asker.hold()

    def resume_writing(self) -> None:
        if self._asker is not None:
            self._asker.go_on()

    # The answer

    def _read_head(self, asker: Asker, data: bytes) -> None:
        while True:
            end = data.find(b"\r\n\r\n") + 4
            if end < 4 or end > MAX_HEAD:
                self._kept = data
                if len(data) > MAX_HEAD:
                    self._fail(asker, "head too large")
                return
            found = self._home.read_answer(data[:end])
            data = data[end:]
            if found is None or found.head.status >= 200 or found.head.status == 101:
                break
            asker.interim(found)
        self._kept = b""
        if found is None:
            self._fail(asker, "malformed answer")
        elif found.head.status == 101:
            self._switch(asker, found, data)
        else:
            self._begin(asker, found, data)

    def _begin(self, asker: Asker, found: Answer, data: bytes) -> None:
        request = asker.request
        to_head = request.method == b"HEAD"
        self._answer = found
        self._body = body = found.head.body(to_head=to_head)
        self._framing = answer.framing(
            found.head, to_head=to_head, minor=request.minor, trailers=request.onward.takes_trailers
        )
        head = asker.answer_head(found, self._framing)
        if body is None:
            self._finish(asker, head, rest=data)
        else:
            self._pass_body(asker, body, head, data)

    def _pass_body(self, asker: Asker, body: Body, head: bytes, data: bytes) -> None:
        """One write for all that came at once."""
        try:
            payload, rest = body.feed(data)
        except Malformed as error:
            self._fail(asker, str(error))
            return
        if self._framing:
            payload = chunk(payload)
            if body.done:
                payload += last_chunk(self._trailers(asker, body))
        if body.done:
            self._finish(asker, head + payload, rest=rest)
        elif head or payload:
            asker.send(head + payload)

    def _trailers(self, asker: Asker, body: Body) -> tuple[fields.Field, ...]:
        if not isinstance(body, ChunkedBody) or not asker.request.onward.takes_trailers:
            return ()
        return hop_by_hop.trailers(body.trailers)

    def _finish(self, asker: Asker, last: bytes, *, rest: bytes = b"", ended: bool = False) -> None:
        """`last` is what is still to be sent of the answer."""
        assert self._answer is not None
        closes = self._answer.head.closes or ended or bool(rest) or self._transport.is_closing()
        done = asker.request_done
        self._asker = self._answer = self._body = None
        self._used = True
        if closes or not done:
            self._transport.abort()
        else:
            self.resume()
            self._home.rest(self)
        asker.answer_done(last)

    def _switch(self, asker: Asker, found: Answer, data: bytes) -> None:
        agreed = fields.tokens(found.head.fields, b"upgrade")
        if not agreed or not agreed <= asker.request.onward.upgrade:
            self._fail(asker, "switched to what was not asked for")
            return
        self._tunnel = asker.switch(answer.switching(found.head), self._transport)
        if data:
            self._tunnel.down(data)

    def _fail(self, asker: Asker, why: str) -> None:
        self._asker = None
        self._transport.abort()
        asker.answer_failed(502, why)

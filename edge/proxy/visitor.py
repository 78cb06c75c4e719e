"""Visitor: one connection of a visitor: its requests in order, each answered by an upstream or by a page of ours."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import cast

from edge.http1.chunked import Malformed
from edge.http1.pace import Pace
from edge.http1.refusal import Refusal
from edge.proxy import pages
from edge.proxy.answer import Answer
from edge.proxy.intake import Intake
from edge.proxy.patience import Patience
from edge.proxy.pool import Pool, Pools
from edge.proxy.request import Request, RequestBody
from edge.proxy.terms import Answered, Terms
from edge.proxy.tunnel import Tunnel
from edge.proxy.upstream import Upstream
from store.destination import Destination
from store.hostname import Hostname

log = logging.getLogger(__name__)

LEFT = 499
"""The visitor left before there was an answer; as nginx counts it."""


class Visitor(asyncio.Protocol):
    """One exchange at a time; what comes ahead of its turn waits in the intake, and then in the socket."""

    __slots__ = (
        "_advancing",
        "_answering",
        "_begun",
        "_body",
        "_closing",
        "_held",
        "_hostname",
        "_intake",
        "_last",
        "_loop",
        "_pace",
        "_patience",
        "_peer",
        "_pool",
        "_pools",
        "_request",
        "_sent",
        "_stalled",
        "_status",
        "_terms",
        "_transport",
        "_tunnel",
        "_upstream",
        "_write_last",
    )

    _transport: asyncio.Transport
    _write_last: Callable[[bytes], None]
    _intake: Intake
    _patience: Patience
    _hostname: Hostname | None
    _peer: str

    def __init__(self, terms: Terms, pools: Pools, loop: asyncio.AbstractEventLoop) -> None:
        self._terms = terms
        self._pools = pools
        self._loop = loop
        self._request: Request | None = None
        self._body: RequestBody | None = None
        self._pace: Pace | None = None
        self._pool: Pool | None = None
        self._upstream: Upstream | None = None
        self._tunnel: Tunnel | None = None
        self._answering = False  # the head of an answer is sent
        self._status = self._sent = 0  # of the answer
        self._begun = 0.0
        self._last = False  # and it said that the connection ends with it
        self._held = False  # its reads
        self._stalled = False  # our writes
        self._advancing = self._closing = False

    # What the transport says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # Of the TLS pump; a plain socket writes, then closes.
        self._write_last = getattr(transport, "write_last", self._write_and_close)
        self._hostname = self._terms.hostname_of(transport)
        peername = transport.get_extra_info("peername")
        self._peer = str(peername[0]) if isinstance(peername, tuple) else ""
        self._intake = Intake(self._terms, self._hostname, self._peer)
        self._patience = Patience(self._loop, self._time_is_up, self._terms.timeouts.head)

    def data_received(self, data: bytes) -> None:
        if self._tunnel is not None:
            self._tunnel.up(data)
            return
        intake = self._intake
        intake.kept = intake.kept + data if intake.kept else data
        self._advance()

    def eof_received(self) -> bool:
        """Who ends in the middle of an exchange has left, as a closed tab does; a tunnel may end by halves."""
        if self._tunnel is None:
            return False
        self._tunnel.visitor_ended()
        return True

    def connection_lost(self, exc: BaseException | None) -> None:
        self._closing = True
        self._patience.end()
        if self._upstream is not None:
            self._upstream.abandon()
        self._tell(LEFT)
        self._request = self._upstream = self._tunnel = None
        del self._transport, self._write_last  # no cycles for the collector to find

    def pause_writing(self) -> None:
        self._stalled = True
        if self._upstream is not None:
            self._upstream.pause()

    def resume_writing(self) -> None:
        self._stalled = False
        self._patience.wait(self._terms.timeouts.idle)
        if self._upstream is not None:
            self._upstream.resume()

    # What the upstream tells

    @property
    def request(self) -> Request:
        """The one that is being answered."""
        assert self._request is not None
        return self._request

    @property
    def request_done(self) -> bool:
        """Whether all of it has come."""
        return self._body is None or self._body.done

    def connected(self, upstream: Upstream, pool: Pool) -> bool:
        """Take the connection that was waited for."""
        if self._request is None or self._upstream is not None or self._pool is not pool:
            return False
        self._ask(upstream)
        self.go_on()
        return True

    def interim(self, head: Answer) -> None:
        """Pass 1xx on to who may know it; 100 to who waits for it."""
        expected = head.head.status != 100 or self.request.block.expects
        if self.request.minor == b"1" and expected:
            self.send(head.whole)

    def answer_head(self, head: Answer, framing: bytes) -> bytes:
        """The head for this connection; the end of one whose request has not all come, or that was to be the last."""
        self._last = self._is_last()
        self._answering = True
        self._status = head.head.status
        return head.to_visitor(self._terms.clock, framing=framing, closing=self._last)

    def send(self, data: bytes) -> None:
        """More of the answer."""
        self._patience.wait(self._terms.timeouts.idle)
        self._sent += len(data)
        self._transport.write(data)

    def answer_done(self, data: bytes) -> None:
        """With this the answer is complete, and the next request's turn has come."""
        self._upstream = None
        self._end_with(data)

    def answer_failed(self, status: int, why: str) -> None:
        """A page, or where part of an answer is out an end that nobody can take for the whole."""
        self._upstream = None
        if self._closing or self._request is None:
            return
        words = (
            "answer cut short"
            if self._answering
            else "upstream failed"
            if status == 502
            else "upstream time-out"
        )
        reference = secrets.token_hex(4).upper()
        facts = {"hostname": self._hostname, "detail": why, "reference": reference}
        log.warning(words, extra=facts)
        if self._answering:
            self._abort()
        else:
            self._page(status, reference=reference)
            self._advance()

    def ask_again(self) -> None:
        """The connection had died while it rested: nobody has read the request."""
        self._upstream = None
        assert self._pool is not None
        self._pool.connect(self)

    def switch(self, head: bytes, upstream: asyncio.Transport) -> Tunnel:
        """Turn into a tunnel; what came early goes first."""
        self.send(head)
        self._tell(101)
        self._tunnel = tunnel = Tunnel(self._transport, upstream, self._moved_in_tunnel)
        self._moved_in_tunnel()
        if self._intake.kept:
            tunnel.up(self._intake.kept)
            self._intake.kept = b""
        self.go_on()
        return tunnel

    def tunnel_ended(self) -> None:
        """By the upstream."""
        self._upstream = None
        if self._tunnel is not None:
            self._tunnel.upstream_ended()

    def hold(self) -> None:
        """Read no more for now."""
        if not self._held:
            self._held = True
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Read again, what is kept first."""
        if self._held:
            self._held = False
            self._transport.resume_reading()
        if self._tunnel is None:
            self._advance()

    # Requests

    def _advance(self) -> None:
        """Use what is kept as far as it can be used now."""
        if self._advancing:
            return
        self._advancing = True
        try:
            while self._intake.kept and not self._closing:
                if self._request is None:
                    if not self._begin():
                        return
                elif self._body is not None and not self._body.done and self._upstream is not None:
                    self._pass_body(self._body, self._upstream)
                    if self._held:
                        return
                else:
                    self.hold()
                    return
        finally:
            self._advancing = False

    def _begin(self) -> bool:
        """Read the next request and ask for it; False: more must come, or no more may."""
        hostname, terms = self._hostname, self._terms
        destination = terms.resolve(hostname) if hostname is not None else None
        found = self._intake.next(destination)
        if found is None:
            return False
        if isinstance(found, Refusal):
            self._refuse(found)
            return False
        self._request = found
        self._begun, self._status, self._sent = self._loop.time(), 0, 0
        self._body = RequestBody(found.block) if found.block.has_body else None
        self._pace = Pace(self._begun) if self._body is not None else None
        self._patience.wait(terms.timeouts.head)
        assert hostname is not None
        if found.target.startswith(terms.own_path.prefix):
            self._answer_own_path(hostname, found)
        elif found.block.length > terms.max_request:
            self._page(413)
        elif destination is None or destination.suspended or not destination.upstreams:
            self._page(503)
        else:
            self._ask_one_of(destination)
        return True

    def _ask_one_of(self, destination: Destination) -> None:
        self._pool = pool = self._pools.of(destination.upstreams[0])
        upstream = pool.take()
        if upstream is None:
            pool.connect(self)
        else:
            self._ask(upstream)

    def _ask(self, upstream: Upstream) -> None:
        assert self._pool is not None
        self._upstream = upstream
        self._patience.wait(self._terms.timeouts.head)
        upstream.ask(self, self.request.head(self._pool.prefix))
        if self._stalled:
            upstream.pause()

    def _pass_body(self, body: RequestBody, upstream: Upstream) -> None:
        self._patience.wait(self._terms.timeouts.idle if self._answering else self._terms.timeouts.head)
        try:
            data, self._intake.kept = body.feed(self._intake.kept)
        except Malformed as error:
            self._give_up(Refusal(400, str(error)))
            return
        if body.size > self._terms.max_request:
            self._give_up(Refusal(413, "body too large"))
        elif not (body.done or self._answering or self._keeps_pace(len(data))):
            self._give_up(Refusal(408, "body too slow"))
        elif data:
            upstream.write(data)

    def _keeps_pace(self, size: int) -> bool:
        """Until there is an answer: an upstream that answers before the end listens to a stream."""
        return self._pace is None or self._pace.keeps(size, self._loop.time())

    def _give_up(self, refusal: Refusal) -> None:
        """In the middle of a request: the upstream must not take the part for the whole."""
        if self._upstream is not None:
            self._upstream.abandon()
            self._upstream = None
        if self._answering:
            self._abort()
        else:
            self._refuse(refusal)

    def _refuse(self, refusal: Refusal) -> None:
        facts = {"peer": self._peer, "hostname": self._hostname, "status": refusal.status}
        log.info("request refused", extra=facts | {"reason": refusal.why})
        self._page(refusal.status, last=True)

    # Answers of ours

    def _answer_own_path(self, hostname: Hostname, request: Request) -> None:
        own = self._terms.own_path
        text = own.answer(hostname, request.method, request.target[len(own.prefix) :])
        if text is None:
            self._page(404)
            return
        self._last = self._is_last()
        self._status = 200
        bodyless = request.method == b"HEAD"
        self._end_with(
            pages.response(
                "200 OK", text, self._terms.clock, html=False, bodyless=bodyless, closing=self._last
            )
        )

    def _page(self, status: int, *, last: bool = False, reference: str = "") -> None:
        request = self._request
        self._last = last or self._is_last()
        self._status = status
        if request is None:  # it was refused before it was one
            self._begun, self._sent = self._loop.time(), 0
        accepted = request.block.values(b"accept") if request is not None else []
        self._end_with(
            pages.page(
                status,
                self._terms.clock,
                html=any(b"text/html" in value for value in accepted),
                bodyless=request is not None and request.method == b"HEAD",
                closing=self._last,
                reference=reference,
            )
        )

    def _is_last(self) -> bool:
        request = self._request
        return (
            request is None
            or request.minor == b"0"
            or request.block.closes
            or not self.request_done
            or self._terms.is_stopping()
        )

    def _end_with(self, data: bytes) -> None:
        """Send the end of an answer, and of the connection where it is the last one's."""
        self._sent += len(data)
        if self._status:
            self._answered(self._status)
        self._request = self._body = None
        self._answering = False
        if self._closing:
            return
        if self._last:
            self._closing = True
            self._intake.kept = b""
            self._write_last(data)
            return
        self._transport.write(data)
        self._patience.wait(self._terms.timeouts.head)
        if self._held:
            self.go_on()
        elif self._intake.kept:
            self._advance()

    def _answered(self, status: int) -> None:
        request = self._request
        method, target = (b"", b"") if request is None else (request.method, request.target)
        seconds = self._loop.time() - self._begun
        self._terms.answered(self._transport, Answered(method, target, status, self._sent, seconds))
        self._status = self._sent = 0

    def _tell(self, status: int) -> None:
        """Of an exchange that ends otherwise than with its answer; once."""
        if self._request is not None and self._tunnel is None:
            self._answered(self._status or status)

    # Time

    def _moved_in_tunnel(self) -> None:
        self._patience.wait(self._terms.timeouts.tunnel)

    def _time_is_up(self) -> None:
        self._patience.wait(self._terms.timeouts.head)
        if self._stalled:
            return  # the listener ends who takes nothing of what is written
        if self._tunnel is not None:
            self._abort()
        elif self._request is None:
            if self._intake.kept:
                self._refuse(Refusal(408, "head too late"))
            else:
                self._close()
        elif not self.request_done and not self._held:
            self._give_up(Refusal(408, "body too late"))
        else:
            if self._upstream is not None:
                self._upstream.abandon()
            self.answer_failed(504, "no answer in time")

    # Ending

    def _write_and_close(self, data: bytes) -> None:
        self._transport.write(data)
        self._transport.close()

    def _close(self) -> None:
        self._closing = True
        self._intake.kept = b""
        self._transport.close()

    def _abort(self) -> None:
        self._closing = True
        if self._upstream is not None:
            self._upstream.abandon()
            self._upstream = None
        self._transport.abort()

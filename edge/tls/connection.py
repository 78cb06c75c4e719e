"""One TLS connection from its first byte to its log line, stage after stage.

    raw transport ── TlsConnection ──> Greeting      hello, policy, the wait for a certificate
                          │            (handshake)
                          ├──────────> TlsTransport  plaintext, to and from the application
                          └──────────> Farewell      what was written reaches the peer, then the socket closes

The raw transport keeps one protocol for life: on uvloop each change of protocol costs two system calls.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from typing import Any, cast

from edge.sni.alerts import Alert, fatal
from edge.sni.client_hello import ClientHello
from edge.tls.closing_line import Closed, log_closed
from edge.tls.farewell import Farewell, close_notify
from edge.tls.greeting import Greeting
from edge.tls.outcomes import Result, result_of
from edge.tls.tally import Tally, tally
from edge.tls.terms import Accept, Arrival, Terms
from edge.tls.transport import TlsTransport

log = logging.getLogger(__name__)


class TlsConnection(asyncio.Protocol):
    """The protocol of a raw transport; does the handshake, and knows the facts."""

    __slots__ = (
        "_accept",
        "_bios",
        "_entered",
        "_greeting",
        "_hello",
        "_loop",
        "_outcome",
        "_peer",
        "_peername",
        "_raw",
        "_receive",
        "_result",
        "_stage",
        "_started",
        "_tally",
        "_terms",
        "_timer",
        "_tls",
        "_transport",
        "_waited",
    )

    _raw: asyncio.Transport
    _receive: Callable[[bytes], None]
    _timer: asyncio.TimerHandle
    _bios: tuple[ssl.MemoryBIO, ssl.MemoryBIO]

    def __init__(self, terms: Terms, loop: asyncio.AbstractEventLoop) -> None:
        self._terms = terms
        self._loop = loop
        self._stage: TlsTransport | Farewell | None = None
        self._greeting: Greeting | None = None
        self._hello: ClientHello | None = None
        self._accept: Accept | None = None
        self._tls: ssl.SSLObject | None = None
        self._tally: Tally | None = None
        self._transport: TlsTransport | None = None
        self._waited = False
        self._outcome = ""
        self._entered = False
        self._result: Result | None = None
        self._started = loop.time()

    # What the listener calls

    def close(self) -> None:
        """End in order, whatever the stage."""
        if self._stage is not None:
            self._stage.close()
        elif self._greeting is not None:
            self._greeting.refuse(Alert.INTERNAL_ERROR, "stopping")
        else:
            self._refuse("stopping")

    def abort(self) -> None:
        """Drop the socket; connection_lost follows."""
        self._raw.abort()

    def abort_if_idle(self) -> None:
        """Drop the socket if nothing moved since the last call; the other stages have deadlines of their own."""
        if isinstance(self._stage, TlsTransport) and not self._stage.has_moved():
            self._outcome = "served, then idle"
            self.abort()

    # What the raw transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._raw = cast(asyncio.Transport, transport)
        self._peername = transport.get_extra_info("peername")
        self._peer = str(self._peername[0]) if isinstance(self._peername, tuple) else ""
        if not self._terms.crowd.enter(self._peer):
            self._outcome, self._receive = "refused: too many connections", _ignore
            self._raw.abort()
            return
        self._entered = True
        arrival = Arrival(self._peer, time.monotonic())
        self._greeting = Greeting(
            self._terms, self._loop, arrival, accepted=self._begin_handshake, refused=self._refused
        )
        self._receive = self._greeting.data_received
        self._terms.joined(self)

    def data_received(self, data: bytes) -> None:
        self._receive(data)

    def eof_received(self) -> bool | None:
        """Who ends before the handshake is done wants no answer: None closes the raw transport."""
        return None if self._stage is None else self._stage.eof_received()

    def pause_writing(self) -> None:
        if self._stage is not None:
            self._stage.pause_writing()

    def resume_writing(self) -> None:
        if self._stage is not None:
            self._stage.resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        silent = False
        if not self._entered:
            self._log_closed(silent)
            return
        if self._stage is not None:
            self._stage.connection_lost(exc)
        elif self._greeting is not None:
            silent = self._greeting.silent
            self._leave_greeting().forget()
            self._outcome = "left before its hello" if self._hello is None else "left while waiting"
        else:
            self._timer.cancel()
            self._outcome = self._outcome or "left in the handshake"
        self._log_closed(silent)
        self._terms.left(self)
        self._terms.crowd.leave(self._peer)
        self._stage = self._transport = None
        self._receive = _ignore  # no cycles for the collector to find

    # Handshake

    def _leave_greeting(self) -> Greeting:
        greeting, self._greeting = self._greeting, None
        assert greeting is not None
        self._hello, self._waited = greeting.hello, greeting.waited
        return greeting

    def _begin_handshake(self, accept: Accept, received: bytes) -> None:
        _ = self._leave_greeting()
        self._accept = accept
        self._timer = self._loop.call_later(
            self._terms.limits.handshake_seconds, self._refuse, "handshake too late"
        )
        incoming, outgoing = self._bios = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = accept.context.wrap_bio(incoming, outgoing, server_side=True)
        self._receive = self._shake_hands
        self._shake_hands(received)

    def _shake_hands(self, data: bytes) -> None:
        tls = self._tls
        assert tls is not None
        self._bios[0].write(data)
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            self._raw.write(self._bios[1].read())
        except ssl.SSLError as error:
            self._timer.cancel()
            # asyncio and uvloop lose the alert that OpenSSL leaves in the BIO here.
            self._end_with(f"handshake failed: {error.reason or 'end of data'}", self._bios[1].read())
        else:
            self._timer.cancel()
            self._open(tls)

    def _open(self, tls: ssl.SSLObject) -> None:
        app = self._application()
        if app is None:
            self._count(result_of(self._outcome))
            close_notify(tls)
            self._end_with(self._outcome, self._bios[1].read())
            return
        self._outcome = "served"
        self._count(Result.COMPLETED)
        self._tally = tally(tls)
        self._stage = self._transport = transport = TlsTransport(
            self._raw,
            tls,
            self._bios,
            app,
            loop=self._loop,
            limits=self._terms.limits,
            extra_info=self._extra_info,
            ended=self._say_goodbye,
        )
        transport.answering = self._first_answer
        self._receive = transport.data_received
        transport.begin()

    def _application(self) -> asyncio.Protocol | None:
        accept = self._accept
        if accept is None or accept.protocol_factory is None:
            self._outcome = "challenge answered"
            return None
        try:
            return accept.protocol_factory()
        except Exception as error:
            self._outcome = "no application protocol"
            log.error(self._outcome, extra={"hostname": accept.hostname}, exc_info=error)
            return None

    def _extra_info(self, name: str) -> Any:
        """None: the raw transport may know."""
        find = _EXTRA_INFO.get(name)
        return None if find is None else find(self)

    # Ending

    def _refused(self, outcome: str, answer: bytes) -> None:
        _ = self._leave_greeting()
        self._end_with(outcome, answer)

    def _refuse(self, why: str) -> None:
        self._timer.cancel()
        self._end_with(f"refused: {why}", fatal(Alert.INTERNAL_ERROR))

    def _end_with(self, outcome: str, answer: bytes) -> None:
        self._outcome = outcome
        if not self._raw.is_closing():
            if answer:
                self._raw.write(answer)
            self._say_goodbye()

    def _say_goodbye(self, *, peer_ended: bool = False) -> None:
        self._stage = farewell = Farewell(self._raw, self._loop, self._terms.limits)
        self._receive = farewell.data_received
        farewell.begin(peer_ended=peer_ended)

    def _count(self, result: Result) -> None:
        self._result = result
        self._terms.ears.handshake(result)

    def _first_answer(self) -> None:
        self._terms.ears.first_answer(self._loop.time() - self._started, self._waited)

    def _log_closed(self, silent: bool) -> None:
        if self._result is None:
            self._count(result_of(self._outcome, silent=silent))
        assert self._result is not None
        now, transport = self._loop.time(), self._transport
        closed = Closed(
            peer=self._peer,
            server_name=None if self._hello is None else self._hello.server_name,
            room="" if self._accept is None else self._accept.room,
            outcome=self._outcome,
            result=self._result,
            tls=self._tls,
            tally=self._tally,
            received=0 if transport is None else transport.received,
            sent=0 if transport is None else transport.sent,
            seconds=now - self._started,
        )
        log_closed(closed, self._terms.allowance, now)


_EXTRA_INFO: dict[str, Callable[[TlsConnection], Any]] = {
    "peername": lambda connection: connection._peername,
    "sslcontext": lambda connection: connection._tls and connection._tls.context,
    "ssl_object": lambda connection: connection._tls,
    "peercert": lambda connection: connection._tls and connection._tls.getpeercert(),
    "cipher": lambda connection: connection._tls and connection._tls.cipher(),
    "brassplate.hostname": lambda connection: connection._accept and connection._accept.hostname,
    "brassplate.hello": lambda connection: connection._hello,
    "brassplate.tally": lambda connection: connection._tally,
}


def _ignore(data: bytes) -> None:
    """After the end."""

"""One TLS connection from its first byte to its log line; the certificate may come later than the hello.

HELLO ──hello──> policy ──awaitable──> WAITING ──Accept──> HANDSHAKE ──> OPEN (TlsTransport) ──> CLOSED
  │                 └──────Accept──────────────────────────────┘│
  └─bad, late──────── Refuse, too late, TLS error ──────────────┴──alert──> Farewell ──> CLOSED
"""

import asyncio
import enum
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, assert_never, cast

from edge.sni.alerts import Alert, fatal
from edge.sni.client_hello import MAX_HELLO, PLAIN_HTTP, ClientHello, NeedMore, NotTls, parse
from edge.tls.closing_line import log_closed
from edge.tls.farewell import Farewell
from edge.tls.terms import Accept, Decision, ProtocolFactory, Refuse, Terms
from edge.tls.transport import TlsTransport, close_notify

__all__ = ("Accept", "Decision", "Phase", "ProtocolFactory", "Refuse", "TlsConnection")

log = logging.getLogger(__name__)

TLS_1_2 = 0x0303
PLAIN_HTTP_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 44\r\n"
    b"Connection: close\r\n\r\nThis port speaks https only: use https://.\r\n"
)


class Phase(enum.Enum):
    """Where a connection stands."""

    HELLO = "hello"
    WAITING = "waiting"
    HANDSHAKE = "handshake"
    OPEN = "open"
    CLOSING = "closing"


class TlsConnection(asyncio.Protocol):
    """The protocol of the raw transport until the handshake is done, and the owner of what follows."""

    __slots__ = (
        "_accept",
        "_awaited",
        "_bios",
        "_hello",
        "_loop",
        "_need",
        "_outcome",
        "_peer",
        "_peername",
        "_phase",
        "_raw",
        "_received",
        "_sockname",
        "_started",
        "_terms",
        "_timer",
        "_tls",
        "_transport",
    )

    _raw: asyncio.Transport
    _timer: asyncio.TimerHandle
    _tls: ssl.SSLObject
    _bios: tuple[ssl.MemoryBIO, ssl.MemoryBIO]

    def __init__(self, terms: Terms, loop: asyncio.AbstractEventLoop) -> None:
        self._terms = terms
        self._loop = loop
        self._phase = Phase.HELLO
        self._received = b""
        self._need = 0
        self._hello: ClientHello | None = None
        self._accept: Accept | None = None
        self._awaited: asyncio.Future[Decision] | None = None
        self._transport: TlsTransport | None = None
        self._peer = ""
        self._peername: Any = None
        self._sockname: Any = None
        self._outcome = "closed"
        self._started = loop.time()

    # What the listener calls

    def close(self) -> None:
        """End in order, whatever the phase."""
        match self._phase:
            case Phase.HELLO | Phase.WAITING | Phase.HANDSHAKE:
                self._refuse(Alert.INTERNAL_ERROR, "stopping")
            case Phase.OPEN:
                if self._transport is not None:
                    self._transport.close()
            case Phase.CLOSING:
                pass
            case _:
                assert_never(self._phase)

    def abort(self) -> None:
        """Drop the socket; connection_lost follows."""
        self._raw.abort()

    # Protocol of the raw transport until the handshake is done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._raw = cast(asyncio.Transport, transport)
        self._peername = transport.get_extra_info("peername")
        self._peer = str(self._peername[0]) if isinstance(self._peername, tuple) else ""
        self._terms.joined(self)
        self._timer = self._loop.call_later(
            self._terms.limits.hello_seconds, self._refuse_late, "hello too late"
        )

    def data_received(self, data: bytes) -> None:
        match self._phase:
            case Phase.HELLO:
                self._received += data
                if len(self._received) >= self._need:
                    self._read_hello()
            case Phase.WAITING:
                self._received += data
                self._bound_early_bytes()
            case Phase.HANDSHAKE:
                self._bios[0].write(data)
                self._shake_hands()
            case _:
                pass

    def eof_received(self) -> None:
        """Nobody who ends before the handshake wants an answer; None closes the raw transport."""
        if self._phase is not Phase.CLOSING:
            self._outcome = f"left in {self._phase.value}"

    def connection_lost(self, exc: BaseException | None) -> None:
        if exc is not None and self._phase is not Phase.CLOSING:
            self._outcome = f"lost in {self._phase.value}"
        self._closed(exc)

    # Hello and policy

    def _read_hello(self) -> None:
        found = parse(self._received)
        match found:
            case NeedMore():
                self._need = found.at_least
            case NotTls():
                self._refuse_bytes(found)
            case ClientHello():
                self._hello = found
                if max(found.versions, default=0) < TLS_1_2:
                    self._refuse(Alert.PROTOCOL_VERSION, "TLS 1.2 not offered")
                else:
                    self._ask_policy(found)
            case _:
                assert_never(found)

    def _ask_policy(self, hello: ClientHello) -> None:
        try:
            decision = self._terms.policy(hello, self._peer)
        except Exception as error:
            log.error("TLS policy failed", extra={"peer": self._peer}, exc_info=error)
            self._refuse(Alert.INTERNAL_ERROR, "policy failed")
            return
        if isinstance(decision, Accept | Refuse):
            self._follow(decision)
        elif self._terms.waiting.enter(self._peer):
            self._wait_for(decision)
        else:
            self._abandon(decision)
            self._refuse(Alert.INTERNAL_ERROR, "too many handshakes wait")

    def _wait_for(self, decision: Awaitable[Decision]) -> None:
        self._phase = Phase.WAITING
        self._set_timer(self._terms.limits.wait_seconds, "certificate too late")
        if not asyncio.isfuture(decision):
            decision = self._terms.tasks.begin(_result_of(decision), "TLS policy")
        self._awaited = decision
        decision.add_done_callback(self._decided)
        self._bound_early_bytes()

    def _bound_early_bytes(self) -> None:
        if len(self._received) > MAX_HELLO + self._terms.limits.early_bytes:
            self._refuse(Alert.UNEXPECTED_MESSAGE, "sent too much while it waited")

    def _abandon(self, decision: Awaitable[Decision]) -> None:
        """A coroutine that never ran is closed; a future has its own owner."""
        if asyncio.iscoroutine(decision):
            decision.close()

    def _decided(self, awaited: asyncio.Future[Decision]) -> None:
        if self._awaited is not awaited:
            return  # it was decided in the very turn of the loop in which the client left
        self._leave_waiting()
        if awaited.cancelled():
            self._refuse(Alert.INTERNAL_ERROR, "policy cancelled")
        elif (error := awaited.exception()) is not None:
            self._refuse(Alert.INTERNAL_ERROR, f"policy failed: {type(error).__name__}")
        else:
            self._follow(awaited.result())

    def _leave_waiting(self) -> None:
        """The work that was waited for goes on without us."""
        if self._awaited is not None:
            self._awaited.remove_done_callback(self._decided)
            self._awaited = None
            self._terms.waiting.leave(self._peer)

    def _follow(self, decision: Decision) -> None:
        match decision:
            case Refuse():
                self._refuse(decision.alert, decision.why)
            case Accept():
                self._begin_handshake(decision)
            case _:
                assert_never(decision)

    # Handshake

    def _begin_handshake(self, accept: Accept) -> None:
        hello = self._hello
        if hello is not None and hello.alpn and not any(name in accept.alpn for name in hello.alpn):
            self._refuse(Alert.NO_APPLICATION_PROTOCOL, "no protocol in common")
            return
        self._phase = Phase.HANDSHAKE
        self._accept = accept
        self._set_timer(self._terms.limits.handshake_seconds, "handshake too late")
        incoming, outgoing = self._bios = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = accept.context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(self._received)
        self._received = b""
        self._shake_hands()

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            self._outcome = f"handshake failed: {error.reason or 'end of data'}"
            self._say_goodbye()  # with the alert that OpenSSL left in the BIO
        else:
            self._timer.cancel()
            self._open()

    def _open(self) -> None:
        accept = self._accept
        assert accept is not None
        if accept.protocol_factory is None:
            self._end_open("challenge answered")
            return
        try:
            app = accept.protocol_factory()
        except Exception as error:
            log.error("no application protocol", extra={"hostname": accept.hostname}, exc_info=error)
            self._end_open("no application protocol")
            return
        self._phase = Phase.OPEN
        self._outcome = "served"
        self._transport = TlsTransport(
            self._raw,
            self._tls,
            self._bios,
            app,
            loop=self._loop,
            limits=self._terms.limits,
            extra_info=self._extra_info,
            on_closed=self._closed,
        )
        self._transport.begin()

    def _end_open(self, outcome: str) -> None:
        self._outcome = outcome
        close_notify(self._tls)
        self._say_goodbye()

    def _extra_info(self, name: str) -> Any:
        """None: the raw transport may know."""
        find = _EXTRA.get(name)
        return None if find is None else find(self)

    # Ending

    def _refuse_bytes(self, found: NotTls) -> None:
        self._outcome = found.reason
        if found.alert is not None:
            self._raw.write(fatal(found.alert))
        elif found.reason == PLAIN_HTTP:
            self._raw.write(PLAIN_HTTP_ANSWER)
        self._say_goodbye()

    def _refuse_late(self, why: str) -> None:
        if self._phase is Phase.HELLO and not self._received:
            self._outcome = why  # no byte has come: it may not speak TLS at all
            self._say_goodbye()
        else:
            self._refuse(Alert.INTERNAL_ERROR, why)

    def _refuse(self, alert: Alert, why: str) -> None:
        self._outcome = f"refused: {why}"
        if not self._raw.is_closing():
            self._raw.write(fatal(alert))
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        self._leave_waiting()
        self._timer.cancel()
        self._phase = Phase.CLOSING
        if self._raw.is_closing():
            return
        self._flush()
        Farewell(self._raw, self._loop, self._terms.limits, self._closed).half_close()

    def _flush(self) -> None:
        if self._accept is not None and self._bios[1].pending:
            self._raw.write(self._bios[1].read())

    def _set_timer(self, seconds: float, why: str) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._refuse_late, why)

    def _closed(self, exc: BaseException | None) -> None:
        """The socket is gone: the one line about this connection."""
        self._leave_waiting()
        self._timer.cancel()
        self._transport = None
        silent = self._phase is Phase.HELLO and not self._received
        self._phase = Phase.CLOSING
        self._terms.left(self)
        log_closed(
            peer=self._peer,
            server_name=None if self._hello is None else self._hello.server_name,
            outcome=self._outcome,
            tls=None if self._accept is None else self._tls,
            seconds=self._loop.time() - self._started,
            silent=silent,
        )

    def _own_sockname(self) -> Any:
        if self._sockname is None:
            self._sockname = self._raw.get_extra_info("sockname")
        return self._sockname


_EXTRA: dict[str, Callable[[TlsConnection], Any]] = {
    "peername": lambda connection: connection._peername,
    "sockname": lambda connection: connection._own_sockname(),
    "sslcontext": lambda connection: connection._tls.context,
    "ssl_object": lambda connection: connection._tls,
    "peercert": lambda connection: connection._tls.getpeercert(),
    "cipher": lambda connection: connection._tls.cipher(),
    "brassplate.hostname": lambda connection: connection._accept and connection._accept.hostname,
    "brassplate.hello": lambda connection: connection._hello,
}


async def _result_of(decision: Awaitable[Decision]) -> Decision:
    return await decision

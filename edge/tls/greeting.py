"""The first stage of a connection: its hello, what the policy says to it, and the wait for that.

HELLO ──parsed──> policy ──awaitable──> WAITING ──┬─Accept──> the handshake
  │                  └───────Accept, Refuse───────┤
  └─malformed, late───────────────────────────────┴─Refuse──> an alert and the end
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import assert_never

from edge.sni.alerts import Alert, fatal
from edge.sni.client_hello import MAX_HELLO, PLAIN_HTTP, ClientHello, NeedMore, NotTls, parse
from edge.tls.terms import Accept, Arrival, Decision, Refuse, Terms

log = logging.getLogger(__name__)

PLAIN_HTTP_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 44\r\n"
    b"Connection: close\r\n\r\nThis port speaks https only: use https://.\r\n"
)
_TLS_1_2 = 0x0303


class Greeting:
    """Keeps what the client sends until it is decided what to do with it."""

    __slots__ = (
        "_accepted",
        "_arrival",
        "_awaited",
        "_loop",
        "_need",
        "_received",
        "_refused",
        "_terms",
        "_timer",
        "hello",
        "waited",
    )

    def __init__(
        self,
        terms: Terms,
        loop: asyncio.AbstractEventLoop,
        arrival: Arrival,
        *,
        accepted: Callable[[Accept, bytes], None],
        refused: Callable[[str, bytes], None],
    ) -> None:
        self._terms = terms
        self._loop = loop
        self._arrival = arrival
        self._accepted = accepted
        self._refused = refused
        self._received = b""
        self._need = 0
        self._awaited: asyncio.Future[Decision] | None = None
        self._timer = loop.call_later(terms.limits.hello_seconds, self._too_late, "hello too late")
        self.hello: ClientHello | None = None
        self.waited = False
        """For its certificate."""

    @property
    def silent(self) -> bool:
        """Whether not a byte has come."""
        return not self._received and self.hello is None

    def data_received(self, data: bytes) -> None:
        """More of the hello, or what a client sends after it."""
        self._received += data
        if self._awaited is not None:
            self._bound_early_bytes()
        elif len(self._received) >= self._need:
            self._read_hello()

    def refuse(self, alert: Alert, why: str) -> None:
        """End with an alert."""
        self._refuse_with(fatal(alert), f"refused: {why}")

    def forget(self) -> None:
        """The client is gone or decided upon; the work that it waited for goes on."""
        self._timer.cancel()
        if self._awaited is not None:
            self._awaited.remove_done_callback(self._decided)
            self._awaited = None
            self._terms.waiting.leave(self._arrival.address)

    def _read_hello(self) -> None:
        found = parse(self._received)
        match found:
            case NeedMore():
                self._need = found.at_least
            case NotTls():
                self._refuse_with(_answer(found), found.reason)
            case ClientHello():
                self.hello = found
                if max(found.versions, default=0) < _TLS_1_2:
                    self.refuse(Alert.PROTOCOL_VERSION, "TLS 1.2 not offered")
                else:
                    self._ask_policy(found)
            case _:
                assert_never(found)

    def _ask_policy(self, hello: ClientHello) -> None:
        try:
            decision = self._terms.policy(hello, self._arrival)
        except Exception as error:
            log.error("TLS policy failed", extra={"peer": self._arrival.address}, exc_info=error)
            self.refuse(Alert.INTERNAL_ERROR, "policy failed")
            return
        if isinstance(decision, Accept | Refuse):
            self._follow(decision)
        elif self._terms.waiting.enter(self._arrival.address):
            self._wait_for(decision)
        else:
            if asyncio.iscoroutine(decision):
                decision.close()
            self.refuse(Alert.INTERNAL_ERROR, "too many handshakes wait")

    def _wait_for(self, decision: Awaitable[Decision]) -> None:
        self.waited = True
        self._timer.cancel()
        self._timer = self._loop.call_later(
            self._terms.limits.wait_seconds, self._too_late, "certificate too late"
        )
        if not asyncio.isfuture(decision):
            decision = self._terms.tasks.begin(_result_of(decision), "TLS policy")
        self._awaited = decision
        decision.add_done_callback(self._decided)
        self._bound_early_bytes()

    def _bound_early_bytes(self) -> None:
        if len(self._received) > MAX_HELLO + self._terms.limits.early_bytes:
            self.refuse(Alert.UNEXPECTED_MESSAGE, "sent too much while it waited")

    def _decided(self, awaited: asyncio.Future[Decision]) -> None:
        if self._awaited is not awaited:
            return  # it was decided in the very turn of the loop in which the client left
        if awaited.cancelled():
            self.refuse(Alert.INTERNAL_ERROR, "policy cancelled")
        elif (error := awaited.exception()) is not None:
            self.refuse(Alert.INTERNAL_ERROR, f"policy failed: {type(error).__name__}")
        else:
            self._follow(awaited.result())

    def _follow(self, decision: Decision) -> None:
        match decision:
            case Refuse():
                self.refuse(decision.alert, decision.why)
            case Accept():
                if self._shares_protocol(decision):
                    self.forget()
                    self._accepted(decision, self._received)
                else:
                    self.refuse(Alert.NO_APPLICATION_PROTOCOL, "no protocol in common")
            case _:
                assert_never(decision)

    def _shares_protocol(self, accept: Accept) -> bool:
        offered = self.hello.alpn if self.hello is not None else ()
        return not offered or any(protocol in accept.alpn for protocol in offered)

    def _too_late(self, why: str) -> None:
        if self.silent:
            self._refuse_with(b"", why)  # it may not speak TLS at all
        else:
            self.refuse(Alert.INTERNAL_ERROR, why)

    def _refuse_with(self, answer: bytes, outcome: str) -> None:
        self.forget()
        self._refused(outcome, answer)


def _answer(found: NotTls) -> bytes:
    if found.reason == PLAIN_HTTP:
        return PLAIN_HTTP_ANSWER
    return b"" if found.alert is None else fatal(found.alert)


async def _result_of(decision: Awaitable[Decision]) -> Decision:
    return await decision

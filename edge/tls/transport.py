"""The plaintext side of a TLS connection after its handshake.

    socket -> raw transport -> data_received -> BIO -> SSLObject.read  -> application protocol
    socket <- raw transport <- BIO <- SSLObject.write <- [backlog] <- write() of the application

One object hears what the raw transport says, and is the transport of the application. Each direction stops where it
should: a paused application stops the socket's reads; a peer that does not read stops encryption, and what the
application writes nevertheless stays plaintext in the backlog.
"""

import asyncio
import ssl
from asyncio.constants import _SendfileMode
from asyncio.transports import _FlowControlMixin
from collections.abc import Callable, Iterable
from typing import Any, Protocol, cast

from edge.tls.backlog import PIECE, Backlog
from edge.tls.farewell import close_notify
from edge.tls.terms import Limits

MAX_AHEAD = 256 * 1024
"""Encrypted and not yet taken by the kernel, at most."""
LEAST_TAKEN = 4 * 1024
"""Of what is written, between two looks: who takes less is cut off as if it took nothing."""
_HIGH_WATER = 128 * 1024
_LOW_WATER = 32 * 1024
_READ = 16 * 1024  # one TLS record; a larger read allocates more and returns no more


def _nobody_asks() -> None:
    """When the first byte is written."""


class Ended(Protocol):
    """Takes the raw transport back; a peer that has ended needs no half-close."""

    def __call__(self, *, peer_ended: bool) -> None: ...


# asyncio's FileResponse path insists on its own mixin; without it a file dies after its head (uvloop does not ask).
class TlsTransport(_FlowControlMixin):
    """Both ends of the pump; made after the handshake. `ended` hears when the last record is written, `answering`
    (where somebody sets it) of the first byte of all. `received` counts bytes as they came, `sent` those that the
    application wrote."""

    _sendfile_compatible = _SendfileMode.FALLBACK

    __slots__ = (
        "_app",
        "_app_data_received",
        "_app_lost",
        "_backlog",
        "_closing",
        "_ended",
        "_eof_told",
        "_extra_info",
        "_feeding",
        "_goodbye_said",
        "_incoming",
        "_limits",
        "_outgoing",
        "_peer_ended",
        "_raw",
        "_raw_paused",
        "_read_paused",
        "_seen",
        "_ssl",
        "_write_paused",
        "answering",
        "received",
        "sent",
    )

    def __init__(
        self,
        raw: asyncio.Transport,
        tls: ssl.SSLObject,
        bios: tuple[ssl.MemoryBIO, ssl.MemoryBIO],
        app: asyncio.Protocol,
        *,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        extra_info: Callable[[str], Any],
        ended: Ended,
    ) -> None:
        super().__init__(loop=loop)
        self._loop = loop
        self._protocol_paused = False  # the application; asyncio's sendfile looks at this name
        self._write_paused = False  # the raw transport, which may pause again while the backlog leaves
        self._raw = raw
        self._ssl = tls
        self._incoming, self._outgoing = bios
        self._app = app
        self._app_data_received = app.data_received
        self._limits = limits
        self._extra_info = extra_info
        self._ended = ended
        self._backlog = Backlog()
        self._read_paused = False  # by the application
        self._raw_paused = False  # longer than that: until what is buffered has been handed on
        self._feeding = False
        self._closing = False
        self._peer_ended = False
        self._eof_told = False
        self._app_lost = False
        self._goodbye_said = False
        self.received = self.sent = 0
        self.answering: Callable[[], None] = _nobody_asks
        self._seen = (-1, 0, 0)
        raw.set_write_buffer_limits(_HIGH_WATER, _LOW_WATER)

    def begin(self) -> None:
        """Give the application its transport and what came together with the end of the handshake."""
        # At once: a session ticket kept for the first response leaves the client's Finished unacknowledged, and a
        # client with Nagle's algorithm on then holds its request back for 40 ms.
        self._flush()
        self._app.connection_made(self)
        if self._is_buffered() and not self._read_paused:
            self._feed()

    def has_moved(self) -> bool:
        """Whether anything came or went since this was last asked; while a peer has answers of ours to take, only
        what it takes of them counts, and drops do not."""
        (received, sent, unsent), self._seen = (
            self._seen,
            (self.received, self.sent, self.get_write_buffer_size()),
        )
        if unsent and self._seen[2]:
            return (self.sent - self._seen[2]) - (sent - unsent) >= LEAST_TAKEN
        return (received, sent, unsent) != self._seen

    # What the raw transport says

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._incoming.write(data)
        if not self._read_paused:
            self._feed()

    def eof_received(self) -> bool:
        """A TCP end without close_notify counts as an end: HTTP's framing tells what is cut short."""
        self._peer_ended = True  # its TCP stream; `_eof_told` holds after close_notify, too
        self._tell_eof()
        return True  # the raw transport stays open for what we still write; `close` ends it

    def pause_writing(self) -> None:
        self._write_paused = True
        if not self._protocol_paused:
            self._protocol_paused = True
            self._tell_app("pause_writing")

    def resume_writing(self) -> None:
        self._write_paused = False
        if self._backlog:
            self._push_backlog()
        if self._protocol_paused and not self._write_paused:
            self._protocol_paused = False
            self._tell_app("resume_writing")

    def connection_lost(self, exc: BaseException | None) -> None:
        self._closing = True
        self._backlog.clear()
        self._lose_app(exc)

    # Transport of the application: reading

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._app

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._app = cast(asyncio.Protocol, protocol)
        self._app_data_received = self._app.data_received

    def is_reading(self) -> bool:
        return not self._read_paused and not self._closing

    def pause_reading(self) -> None:
        self._read_paused = True
        if not (self._raw_paused or self._peer_ended or self._closing):
            self._raw_paused = True
            self._raw.pause_reading()

    def resume_reading(self) -> None:
        if not self._read_paused:
            return
        self._read_paused = False
        if self._feeding:
            return  # paused and resumed within one data_received: the loop in `_feed` goes on
        if self._is_buffered():
            self._loop.call_soon(self._continue_reading)
        else:
            self._resume_raw()

    # Transport of the application: writing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._closing or not data:
            return
        if not self.sent:
            self.answering()
        self.sent += len(data)
        if self._write_paused or self._backlog or len(data) > PIECE:
            self._backlog.keep(data)
            if not self._write_paused:
                self._push_backlog()
            return
        try:
            self._ssl.write(data)
        except ssl.SSLError as error:
            self._fail(error)
            return
        self._raw.write(self._outgoing.read())

    def write_last(self, data: bytes) -> None:
        """As `write` and then `close`, the end in one segment with the data where nothing else waits."""
        if self._closing or self._write_paused or self._backlog or not data or len(data) > PIECE:
            self.write(data)
            self.close()
            return
        if not self.sent:
            self.answering()
        self.sent += len(data)
        self._closing = True
        try:
            self._ssl.write(data)
        except ssl.SSLError as error:
            self._fail(error)
            return
        self._say_goodbye(None)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return self._backlog.size + self._raw.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._raw.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        high = _HIGH_WATER if high is None else min(high, MAX_AHEAD - PIECE)
        self._raw.set_write_buffer_limits(high, None if low is None else min(low, high))

    # Transport of the application: ending

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        """Send what is written, then close_notify; the application hears at once that it is over."""
        if self._closing:
            return
        self._closing = True
        if not self._backlog:
            self._say_goodbye(None)
        else:
            self._loop.call_later(self._limits.stalled_seconds, self._check_stalled, self._backlog.size)

    def abort(self) -> None:
        self._closing = True
        self._backlog.clear()
        self._raw.abort()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        value = self._extra_info(name)
        return self._raw.get_extra_info(name, default) if value is None else value

    # Reading

    def _feed(self) -> None:
        """Decrypt what is there and hand it on until the application pauses or nothing is left."""
        read, incoming = self._ssl.read, self._incoming
        self._feeding = True
        try:
            while not self._closing:
                try:
                    data = read(_READ)
                except ssl.SSLWantReadError:
                    break
                except ssl.SSLError as error:
                    self._fail(error)
                    return
                if not data:
                    self._tell_eof()
                    break
                self._app_data_received(data)
                if self._read_paused or not (incoming.pending or self._ssl.pending()):
                    break
        finally:
            self._feeding = False
        if self._raw_paused and not self._read_paused:
            self._resume_raw()
        if self._outgoing.pending:
            self._flush()  # OpenSSL answers some records by itself, such as a request to update keys

    def _continue_reading(self) -> None:
        """What was buffered first; `_feed` then opens the socket again."""
        if not self._read_paused:
            self._feed()

    def _is_buffered(self) -> bool:
        return self._incoming.pending > 0 or self._ssl.pending() > 0

    def _resume_raw(self) -> None:
        if self._raw_paused and not self._peer_ended and not self._closing:
            self._raw_paused = False
            self._raw.resume_reading()

    def _tell_eof(self) -> None:
        if self._eof_told or self._closing:
            return
        self._eof_told = True
        if not self._app.eof_received():
            self.close()

    # Writing

    def _push_backlog(self) -> None:
        """Encrypt piece by piece until the raw transport says that it has enough."""
        while self._backlog and not self._write_paused:
            try:
                self._ssl.write(self._backlog.take())
            except ssl.SSLError as error:
                self._fail(error)
                return
            self._raw.write(self._outgoing.read())
        if self._closing and not self._backlog:
            self._say_goodbye(None)

    def _flush(self) -> None:
        if self._outgoing.pending and not self._raw.is_closing():
            self._raw.write(self._outgoing.read())

    def _check_stalled(self, before: int) -> None:
        """While closing: a peer that takes nothing of the backlog is cut off."""
        if not self._backlog:
            return
        if self._backlog.size < before:
            self._loop.call_later(self._limits.stalled_seconds, self._check_stalled, self._backlog.size)
        else:
            self.abort()

    # Ending

    def _fail(self, error: ssl.SSLError) -> None:
        """A fatal TLS error: OpenSSL has left an alert to send."""
        self._closing = True
        self._backlog.clear()
        self._say_goodbye(error)

    def _say_goodbye(self, error: ssl.SSLError | None) -> None:
        """The last record, then a close that does not reset; once."""
        if self._goodbye_said:
            return
        self._goodbye_said = True
        if error is None:
            close_notify(self._ssl)
        self._loop.call_soon(self._lose_app, error)
        if not self._raw.is_closing():
            self._flush()
            self._ended(peer_ended=self._eof_told)

    def _lose_app(self, error: BaseException | None) -> None:
        if not self._app_lost:
            self._app_lost = True
            self._app.connection_lost(cast(Exception | None, error))

    def _tell_app(self, call: str) -> None:
        """A failing application must not stop the raw transport's own bookkeeping."""
        if self._app_lost:
            return
        try:
            getattr(self._app, call)()
        except Exception as error:
            self._loop.call_exception_handler(
                {"message": f"protocol.{call}() failed", "exception": error, "transport": self}
            )

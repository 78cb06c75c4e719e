"""The end of a connection: what was written reaches the peer before the socket closes."""

import asyncio
import ssl

from edge.tls.terms import Limits


class Farewell:
    """Half-closes, throws away what still comes, and closes when the peer has closed or its time is up."""

    __slots__ = ("_limits", "_loop", "_raw", "_timer", "_unsent")

    def __init__(self, raw: asyncio.Transport, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        self._raw = raw
        self._loop = loop
        self._limits = limits
        self._unsent = raw.get_write_buffer_size()
        seconds = limits.stalled_seconds if self._unsent else limits.linger_seconds
        self._timer = loop.call_later(seconds, self._time_is_up)

    def begin(self, *, peer_ended: bool) -> None:
        """Half-close for a peer that may still send; one that has ended cannot turn our close into a reset."""
        if self._unsent:
            self._raw.set_write_buffer_limits(high=0)  # resume_writing then says that all is written
        if peer_ended:
            self._raw.close()
            return
        self._raw.resume_reading()
        try:
            self._raw.write_eof()
        except OSError:  # it reset the connection meanwhile
            self._raw.abort()

    def close(self) -> None:
        """It is under way."""

    def data_received(self, data: bytes) -> None:
        """Nobody wants it any more."""

    def eof_received(self) -> bool:
        """False: the raw transport closes."""
        return False

    def pause_writing(self) -> None:
        """Nothing more is written."""

    def resume_writing(self) -> None:
        """All is written: from here on the peer's own end is awaited."""
        self._unsent = 0
        self._timer.cancel()
        self._timer = self._loop.call_later(self._limits.linger_seconds, self._time_is_up)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The socket is gone."""
        self._timer.cancel()

    def _time_is_up(self) -> None:
        before, self._unsent = self._unsent, self._raw.get_write_buffer_size()
        if self._unsent < before:
            self._timer = self._loop.call_later(self._limits.stalled_seconds, self._time_is_up)
        else:
            self._raw.abort()


def close_notify(tls: ssl.SSLObject) -> None:
    """Leave close_notify in the outgoing BIO; the peer's own is not waited for (RFC 8446 section 6.1)."""
    try:
        tls.unwrap()
    except ssl.SSLError:
        pass  # wants the peer's, or finds data instead

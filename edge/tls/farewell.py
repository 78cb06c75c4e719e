"""The end of a connection: what was written reaches the peer before the socket closes."""

import asyncio
from collections.abc import Callable

from edge.tls.terms import Limits


class Farewell(asyncio.Protocol):
    """Half-closes, throws away what still comes, closes when the peer has closed or its time is up.

    Takes the place of the protocol before it; `on_closed` hears what that one's connection_lost would have.
    """

    __slots__ = ("_limits", "_loop", "_on_closed", "_raw", "_timer", "_unsent")

    def __init__(
        self,
        raw: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        on_closed: Callable[[BaseException | None], None],
    ) -> None:
        self._raw = raw
        self._loop = loop
        self._limits = limits
        self._on_closed = on_closed
        self._unsent = raw.get_write_buffer_size()
        raw.set_protocol(self)
        seconds = limits.stalled_seconds if self._unsent else limits.linger_seconds
        self._timer = loop.call_later(seconds, self._time_is_up)
        if self._unsent:
            raw.set_write_buffer_limits(high=0)  # resume_writing then says that all is written

    def half_close(self) -> None:
        """For a peer that may still send."""
        self._raw.resume_reading()
        try:
            self._raw.write_eof()
        except OSError:  # it reset the connection meanwhile
            self._raw.abort()

    def close(self) -> None:
        """For a peer that has ended its side: nothing unread can turn the close into a reset."""
        self._raw.close()

    def data_received(self, data: bytes) -> None:
        """Nobody wants it any more."""

    def eof_received(self) -> None:
        """None: the raw transport closes."""

    def resume_writing(self) -> None:
        self._unsent = 0
        self._timer.cancel()
        self._timer = self._loop.call_later(self._limits.linger_seconds, self._time_is_up)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._timer.cancel()
        self._on_closed(exc)

    def _time_is_up(self) -> None:
        before, self._unsent = self._unsent, self._raw.get_write_buffer_size()
        if self._unsent < before:
            self._timer = self._loop.call_later(self._limits.stalled_seconds, self._time_is_up)
        else:
            self._raw.abort()

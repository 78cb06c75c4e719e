"""Introduction: the first bytes of a connection of a named load balancer: who it is really from (PROXY protocol)."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, cast

from edge.sni.proxy_header import Introduced, NeedMore, parse

log = logging.getLogger(__name__)

SECONDS = 5.0
"""Until the header is complete."""
Factory = Callable[[], asyncio.Protocol]
Roll = Callable[["Introduction"], None]


class Introduction(asyncio.Protocol):
    """Hands a connection on to the protocol it is meant for: at once, or once a balancer has said who it is from.

    Whoever is named must begin with a header, and nobody else may: a header of a stranger is not read, but is what
    the next protocol cannot understand.
    """

    __slots__ = ("_data", "_inner", "_is_named", "_joined", "_left", "_raw", "_timer")

    _raw: asyncio.Transport

    def __init__(
        self,
        inner: Factory,
        is_named: Callable[[str], bool],
        joined: Roll = lambda _: None,
        left: Roll = lambda _: None,
    ) -> None:
        self._inner = inner
        self._is_named = is_named
        self._joined = joined
        self._left = left
        self._data = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._raw = cast(asyncio.Transport, transport)
        peername = transport.get_extra_info("peername")
        if not (isinstance(peername, tuple) and self._is_named(str(peername[0]))):
            self._hand_over(self._raw)
            return
        self._timer = asyncio.get_running_loop().call_later(SECONDS, self._refuse, "PROXY header too late")
        self._joined(self)

    def data_received(self, data: bytes) -> None:
        self._data += data
        found = parse(self._data)
        if isinstance(found, NeedMore):
            return
        if not isinstance(found, Introduced):
            self._refuse(found.why)
            return
        rest = self._data[found.size :]
        raw = self._raw
        inner = self._hand_over(raw if found.address is None else Named(raw, (found.address, found.port)))
        self._end()
        if rest:
            inner.data_received(rest)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._end()

    def close(self) -> None:
        """Nothing was said yet that could be answered."""
        self._raw.abort()

    def abort(self) -> None:
        """Drop the socket."""
        self._raw.abort()

    def abort_if_idle(self) -> None:
        """It has a deadline of its own."""

    def _hand_over(self, transport: asyncio.Transport) -> asyncio.Protocol:
        inner = self._inner()
        self._raw.set_protocol(inner)
        inner.connection_made(transport)
        return inner

    def _refuse(self, why: str) -> None:
        log.info("not introduced", extra={"peer": str(self._raw.get_extra_info("peername")), "reason": why})
        self._raw.abort()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left(self)


class Named(asyncio.Transport):
    """A transport whose peer is who the balancer says."""

    __slots__ = ("_peername", "_raw")

    def __init__(self, raw: asyncio.Transport, peername: tuple[str, int]) -> None:
        super().__init__()
        self._raw = raw
        self._peername = peername

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._peername if name == "peername" else self._raw.get_extra_info(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._raw.get_protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._raw.set_protocol(protocol)

    def is_closing(self) -> bool:
        return self._raw.is_closing()

    def close(self) -> None:
        self._raw.close()

    def abort(self) -> None:
        self._raw.abort()

    def is_reading(self) -> bool:
        return self._raw.is_reading()

    def pause_reading(self) -> None:
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        self._raw.resume_reading()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._raw.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self._raw.writelines(list_of_data)

    def can_write_eof(self) -> bool:
        return self._raw.can_write_eof()

    def write_eof(self) -> None:
        self._raw.write_eof()

    def get_write_buffer_size(self) -> int:
        return self._raw.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._raw.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._raw.set_write_buffer_limits(high, low)

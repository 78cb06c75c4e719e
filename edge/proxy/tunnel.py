"""Tunnel: a connection that has turned into another protocol: bytes as they come, both ways."""

import asyncio
from collections.abc import Callable


class Tunnel:
    """Between a visitor and an upstream; `moved` hears of every byte, `ended` when either side is gone."""

    __slots__ = ("_moved", "_upstream", "_visitor")

    def __init__(
        self, visitor: asyncio.Transport, upstream: asyncio.Transport, moved: Callable[[], None]
    ) -> None:
        self._visitor = visitor
        self._upstream = upstream
        self._moved = moved

    def up(self, data: bytes) -> None:
        """From the visitor."""
        self._moved()
        self._upstream.write(data)

    def down(self, data: bytes) -> None:
        """From the upstream."""
        self._moved()
        self._visitor.write(data)

    def visitor_ended(self) -> None:
        """It sends no more; what the upstream still says goes down."""
        if self._upstream.can_write_eof():
            self._upstream.write_eof()
        else:
            self._upstream.close()

    def upstream_ended(self) -> None:
        """TLS knows no half: what was written goes out, and that is the end."""
        self._visitor.close()

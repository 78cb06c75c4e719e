"""Plaintext that waits for the peer to read: taken out piece by piece, never encrypted ahead."""

from collections import deque

PIECE = 64 * 1024
"""Plaintext encrypted in one go: a BIO never shrinks, so this also bounds what an idle connection keeps."""


class Backlog:
    """Bytes in the order they were written."""

    __slots__ = ("_chunks", "size")

    def __init__(self) -> None:
        self._chunks: deque[memoryview] | None = None  # most connections never need one
        self.size = 0

    def __bool__(self) -> bool:
        return self.size > 0

    def keep(self, data: bytes | bytearray | memoryview) -> None:
        """Add at the end; what its owner could change is copied."""
        kept = memoryview(data if isinstance(data, bytes) else bytes(data))
        if not kept:
            return
        if self._chunks is None:
            self._chunks = deque()
        self._chunks.append(kept)
        self.size += len(kept)

    def take(self) -> memoryview:
        """The next piece; empty when nothing is left."""
        if not self._chunks:
            return memoryview(b"")
        first = self._chunks[0]
        piece = first[:PIECE]
        if len(first) > PIECE:
            self._chunks[0] = first[PIECE:]
        else:
            self._chunks.popleft()
        self.size -= len(piece)
        if not self.size:
            self._chunks = None
        return piece

    def clear(self) -> None:
        """Forget all of it."""
        self._chunks = None
        self.size = 0

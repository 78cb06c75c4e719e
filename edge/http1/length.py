"""Length: a body of so many bytes, and one that ends with its connection."""


class LengthBody:
    """Counts to the byte where it ends."""

    __slots__ = ("_left", "done")

    def __init__(self, length: int) -> None:
        self._left = length
        self.done = length == 0

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """The payload in it, and what follows the body."""
        if len(data) < self._left:
            self._left -= len(data)
            return data, b""
        left, self._left = self._left, 0
        self.done = True
        return data[:left], data[left:]


class OpenBody:
    """Of no known length: all that comes, until the sender ends."""

    __slots__ = ("done",)

    def __init__(self) -> None:
        self.done = False

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """All of it."""
        return data, b""

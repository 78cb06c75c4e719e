"""Pace: how slowly a body may come, so that a request by drops ends, too."""

SPAN_SECONDS = 60.0
LEAST_BYTES = 16 * 1024
"""In each span: an eighth of what a modem brings."""


class Pace:
    """Judges what comes; a sender that says nothing at all is a time-out's business."""

    __slots__ = ("_bytes", "_least", "_seconds", "_since")

    def __init__(self, now: float, seconds: float = SPAN_SECONDS, least: int = LEAST_BYTES) -> None:
        self._since = now
        self._bytes = 0
        self._seconds = seconds
        self._least = least

    def keeps(self, size: int, now: float) -> bool:
        """Whether it is still fast enough, now that so many bytes more are there."""
        self._bytes += size
        if now - self._since < self._seconds:
            return True
        enough = self._bytes >= self._least
        self._since, self._bytes = now, 0
        return enough

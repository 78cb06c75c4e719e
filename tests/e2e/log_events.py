"""Log lines of a house in this process, as events: what happened, when, and a chance to act in that very moment."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator


class Events(logging.Handler):
    """Keeps the records of `edge`; calls what is in `on` inside the logging call, before the house goes on."""

    def __init__(self, on: dict[str, Callable[[], object]]) -> None:
        super().__init__(logging.INFO)
        self._on = on
        self._records: list[tuple[str, float]] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        self._records.append((message, time.monotonic()))
        if message in self._on:
            self._on[message]()

    def times(self, message: str) -> list[float]:
        """When (monotonic) this was logged."""
        return [at for logged, at in self._records if logged == message]


@contextlib.contextmanager
def events(on: dict[str, Callable[[], object]] | None = None) -> Iterator[Events]:
    """Listen to the house's log for the block."""
    logger, handler = logging.getLogger("edge"), Events(on or {})
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)

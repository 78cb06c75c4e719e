"""Logs: one line an event on stderr: time, level, message, then its fields."""

import json
import logging
from datetime import UTC, datetime

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def to_stderr(level: int = logging.INFO) -> None:
    """Send all logs to stderr; the libraries' own chatter only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Line())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in ("aiohttp", "asyncio", "aiosqlite", "fontTools", "PIL"):
        logging.getLogger(library).setLevel(max(level, logging.WARNING))


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = " ".join(
            f"{name}={_shown(value)}" for name, value in vars(record).items() if name not in _OWN
        )
        line = f"{at.replace('+00:00', 'Z')} {record.levelname.lower():7} {record.getMessage()}"
        line += f"  {fields}" if fields else ""
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return json.dumps(text) if not text.isprintable() or not text or any(c in text for c in ' "=') else text

"""Logs: one line an event on stderr, as text for people or as JSON for programs: time, level, message, fields."""

import json
import logging
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIRST = ("at", "level", "message", "logger")


def to_stderr(level: int = logging.INFO, style: str = "auto") -> None:
    """Send all logs to stderr, as `text`, `json` or `auto` (text where stderr is a terminal); the libraries' own
    chatter only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(style))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in ("aiohttp", "asyncio", "aiosqlite", "fontTools", "PIL"):
        logging.getLogger(library).setLevel(max(level, logging.WARNING))


def formatter(style: str) -> logging.Formatter:
    """What makes lines of records."""
    from structlog.stdlib import ProcessorFormatter  # 70 ms that no other verb needs

    as_text = sys.stderr.isatty() if style == "auto" else style == "text"
    return ProcessorFormatter(
        foreign_pre_chain=[_facts],
        processors=[ProcessorFormatter.remove_processors_meta, _text if as_text else _json],
    )


def _facts(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """What a line says, in its order; a field can take the place of none of the first ones."""
    record: logging.LogRecord = event["_record"]
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found = {
        "at": at.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "message": event["event"],
        "logger": record.name,
    }
    for name, value in vars(record).items():
        if name not in _OWN:
            found[f"{name}_" if name in _FIRST else name] = value
    if record.exc_info:
        found["exception"] = logging.Formatter().formatException(record.exc_info)
    return found | {"_record": record, "_from_structlog": False}


def _json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, default=str)


def _text(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    exception = event.pop("exception", None)
    fields = " ".join(f"{name}={_shown(value)}" for name, value in event.items() if name not in _FIRST)
    message = event["message"] if event["message"].isprintable() else json.dumps(event["message"])
    line = f"{event['at']} {event['level']:7} {message}"
    line += f"  {fields}" if fields else ""
    return f"{line}\n{exception}" if exception else line


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return json.dumps(text) if not text.isprintable() or not text or any(c in text for c in ' "=') else text

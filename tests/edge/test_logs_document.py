"""docs/logs.md has every field of the lines that are written all day, and no message that is not written."""

import asyncio
import logging
import re
from pathlib import Path

from edge.access import Access
from edge.proxy.terms import Answered
from edge.tls.allowance import Allowance
from edge.tls.closing_line import Closed, log_closed
from edge.tls.outcomes import Result
from edge.tls.tally import Tally

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = (ROOT / "docs/logs.md").read_text("utf-8")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Kept(logging.Handler):
    """The fields of each line."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.fields |= vars(record).keys() - _OWN


def test_every_field_of_a_connection_and_a_request_is_in_the_document() -> None:
    kept, logger = Kept(), logging.getLogger("edge")
    logger.addHandler(kept)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        tally = Tally("TLSv1.3", "TLS", False, None)
        closed = Closed("192.0.2.7", "a.example", "portal", "served", Result.FAILED, None, tally, 1, 2, 0.1)
        allowance = Allowance(per_second=1)
        for at in (1.0, 1.1, 2.0):
            log_closed(closed, allowance, at)
        access = Access("portal", lambda destination, status: None, lines=True)
        access.of_proxy(asyncio.BaseTransport(), Answered(b"GET", b"/", 200, 1, 0.1))
    finally:
        logger.removeHandler(kept)
        logger.setLevel(level)
    assert {"sni", "left_out", "destination"} <= kept.fields
    assert [field for field in kept.fields if f"`{field}`" not in DOCUMENT] == []


def test_every_message_of_the_document_is_written_somewhere() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "edge").rglob("*.py"))
    messages = re.findall(
        r"^\| ((?:`[a-zA-Z -]+`(?:, )?)+) \|", DOCUMENT.partition("## Issuance")[2], re.MULTILINE
    )
    told = [words for cell in messages for words in re.findall(r"`([^`]+)`", cell)]
    assert len(told) >= 9
    assert [words for words in told if f'"{words}"' not in sources] == []

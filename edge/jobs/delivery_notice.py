"""Delivery notices: what a mail server reports of a message that it could not deliver (RFC 3464), understood; pure.

Whatever comes in is looked at, never trusted: only the name of a message of ours, which nobody can guess, counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

from portal.mail.plain import MAX_WORDS, one_line

MAX_BYTES = 4 * 2**20
"""A notice may carry the message with its PDF; what follows is not read."""
MAX_IDS = 20
_ID = re.compile(r"[^\s<>@]{1,200}@[^\s<>@]{1,255}")
_OF_HEADERS = ("Message-ID", "In-Reply-To", "References", "Original-Message-ID")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message came back: names under which it may be known to us, the likeliest first, and the reason."""

    message_ids: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class NothingLost:
    """Not a report of failure; the text says what it is."""

    what: str


def understand(content: bytes) -> Undelivered | NothingLost:
    """What a mail says about a message of ours."""
    notice = BytesParser(policy=policy.compat32).parsebytes(content[:MAX_BYTES])
    reports = [part for part in notice.walk() if part.get_content_type() == "message/delivery-status"]
    if not reports:
        return NothingLost("not a delivery status notification (RFC 3464)")
    groups = [group for report in reports for group in _groups(report)]
    failed = [group for group in groups if _field(group, "Action").lower() == "failed"]
    if not failed:
        actions = sorted({action for group in groups if (action := _field(group, "Action").lower())})
        return NothingLost(f"no failure, but {one_line(', '.join(actions)) or 'nothing'}")
    found = dict.fromkeys((*_envelope_ids(groups), *_returned_ids(notice), *_ids_of(notice)))
    return Undelivered(tuple(found)[:MAX_IDS], _words(failed[0]))


def _groups(report: Message) -> Iterator[Message]:
    """The blocks of fields of a report: the message's, then one a recipient."""
    payload = report.get_payload()
    if isinstance(payload, list):
        yield from (part for part in payload if isinstance(part, Message))


def _envelope_ids(groups: list[Message]) -> Iterator[str]:
    for group in groups:
        text = _XTEXT.sub(lambda match: chr(int(match[1], 16)), _field(group, "Original-Envelope-Id"))
        yield from _ID.findall(text)


def _returned_ids(notice: Message) -> Iterator[str]:
    """From the message that came back, whole or its headers alone."""
    for part in notice.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            if isinstance(inner, Message):
                yield from _ids_of(inner)
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes):
                yield from _ids_of(BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True))


def _ids_of(mail: Message) -> Iterator[str]:
    for name in _OF_HEADERS:
        for value in mail.get_all(name, []):
            yield from _ID.findall(str(value))


def _words(group: Message) -> str:
    """The diagnosis in the other server's own words, else its status."""
    diagnostic = _field(group, "Diagnostic-Code")
    kind, divider, rest = diagnostic.partition(";")
    words = rest if divider and " " not in kind.strip() else diagnostic
    status = _field(group, "Status")
    return one_line(words or status or "returned without a reason", MAX_WORDS)


def _field(group: Message, name: str) -> str:
    return one_line(str(group.get(name, "")), MAX_WORDS)

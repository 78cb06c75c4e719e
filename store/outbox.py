"""Outbox: messages as they will be sent, rendered when they were queued; nothing else sends mail.

`organisation_id` None: from the provider itself. A message may hold a one-time token or code, its `secret`; once
it is sent, the store blanks it, so that no living link stays behind.
"""

import re
import secrets
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.instants import from_ms, maybe_instant, maybe_ms, to_ms

MAX_ADDRESS = 254
_ADDRESS = re.compile(r'[^\s@,;:<>()"\\\[\]]{1,64}@[^\s@,;:<>()"\\\[\]]{1,253}\Z')
BLANK = "\N{HORIZONTAL ELLIPSIS}"
"""What stands in place of a secret that was sent."""


class Purpose(StrEnum):
    """Why a message is sent."""

    INVITATION = "invitation"
    ACCOUNT_READY = "account_ready"
    RESET = "reset"
    SIGN_IN_CODE = "sign_in_code"
    MAIL_CHECK = "mail_check"
    NEW_INVOICE = "new_invoice"
    REMINDER = "reminder"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"
    SECURITY = "security"
    DOMAIN = "domain"
    REGISTRATION_WAITING = "registration_waiting"
    REGISTRATION_REFUSED = "registration_refused"
    DETAILS_WAITING = "details_waiting"
    DETAILS_DECIDED = "details_decided"
    TEST = "test"


class State(StrEnum):
    """How far a message has come."""

    WAITING = "waiting"
    SENT = "sent"
    """The next mail server took it."""
    FAILED = "failed"
    """Given up: no server took it in time."""
    BOUNCED = "bounced"
    """Refused for good by the recipient's server, at once or later."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to one address; `sender` and `reply_to` are header texts, such as `"Name" <address>`."""

    purpose: Purpose
    recipient: str
    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    secret: str = ""
    """The one-time tokens and codes within the bodies, blanks between them."""
    urgent: bool = False
    """Somebody sits and waits for it: it goes before the others."""
    expires_at: datetime | None = None
    """Not worth sending after."""
    attachment_name: str = ""
    attachment_sha256: bytes | None = None
    """Of the organisation's document pieces."""
    user_id: int | None = None
    account_id: int | None = None
    invoice_id: int | None = None
    mailing_id: int | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A message with what became of it."""

    id: int
    organisation_id: int | None
    message: Message
    message_id: str
    state: State
    attempts: int
    next_at: datetime | None
    error: str
    created_at: datetime
    finished_at: datetime | None


class NotOneLine(ValueError):
    """A text that would stand in a header holds a line break or another control character."""


class NotAnAddress(ValueError):
    """A recipient is not one plain e-mail address."""


def is_address(text: str) -> bool:
    """Whether a text is one plain address, which `put` takes as a recipient."""
    if len(text) > MAX_ADDRESS or not text.isprintable():
        return False
    return _ADDRESS.match(text) is not None and "." in text.rpartition("@")[2]


def put(db: sqlite3.Connection, organisation_id: int | None, message: Message, now: datetime) -> int:
    """Queue a message, due at once; its id. `NotAnAddress`, `NotOneLine`: what may not stand in its headers."""
    if not is_address(message.recipient):
        raise NotAnAddress(repr(message.recipient))
    for text in (
        message.recipient,
        message.sender,
        message.reply_to,
        message.subject,
        message.attachment_name,
    ):
        _refuse_breaks(text)
    row = db.execute(
        f"INSERT INTO outbox (organisation_id, {', '.join(_COLUMNS)}, message_id, next_at, created_at)"
        f" VALUES (:organisation_id, {', '.join(f':{name}' for name in _COLUMNS)}, :message_id, :now, :now)"
        " RETURNING id",
        _values(message)
        | {"organisation_id": organisation_id, "message_id": _message_id(message.sender), "now": to_ms(now)},
    ).fetchone()
    return int(row["id"])


def find(db: sqlite3.Connection, organisation_id: int | None, outbox_id: int) -> Queued | None:
    """The message of this id, if it is this organisation's."""
    row = db.execute(
        "SELECT * FROM outbox WHERE id = :id AND organisation_id IS :organisation_id",
        {"id": outbox_id, "organisation_id": organisation_id},
    ).fetchone()
    return queued(row) if row else None


def cancel(db: sqlite3.Connection, organisation_id: int | None, outbox_id: int, now: datetime) -> bool:
    """Take back a message that still waits; False: it does not."""
    changed = db.execute(
        "UPDATE outbox SET state = 'cancelled', next_at = NULL, finished_at = :now"
        " WHERE id = :id AND organisation_id IS :organisation_id AND state = 'waiting'",
        {"id": outbox_id, "organisation_id": organisation_id, "now": to_ms(now)},
    )
    return changed.rowcount > 0


def retry(db: sqlite3.Connection, organisation_id: int | None, outbox_id: int, now: datetime) -> bool:
    """Try again now, from the beginning; False: it was sent, is too late, or its one-time link is gone."""
    changed = db.execute(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = :now, finished_at = NULL"
        " WHERE id = :id AND organisation_id IS :organisation_id AND state <> 'sent' AND secret <> :blank"
        " AND (expires_at IS NULL OR expires_at > :now)",
        {"id": outbox_id, "organisation_id": organisation_id, "now": to_ms(now), "blank": BLANK},
    )
    return changed.rowcount > 0


def blanked(body: str, secret: str) -> str:
    """A body without its one-time tokens and codes: what may be kept and shown once it was sent."""
    for each in secret.split():
        body = body.replace(each, BLANK)
    return body


def queued(row: sqlite3.Row) -> Queued:
    """The record of a whole row of the outbox."""
    return Queued(
        id=row["id"],
        organisation_id=row["organisation_id"],
        message=Message(
            purpose=Purpose(row["purpose"]),
            recipient=row["recipient"],
            sender=row["sender"],
            reply_to=row["reply_to"],
            subject=row["subject"],
            text=row["body_text"],
            html=row["body_html"],
            secret=row["secret"],
            urgent=bool(row["urgent"]),
            expires_at=maybe_instant(row["expires_at"]),
            attachment_name=row["attachment_name"],
            attachment_sha256=row["attachment_sha256"],
            user_id=row["user_id"],
            account_id=row["account_id"],
            invoice_id=row["invoice_id"],
            mailing_id=row["mailing_id"],
        ),
        message_id=row["message_id"],
        state=State(row["state"]),
        attempts=row["attempts"],
        next_at=maybe_instant(row["next_at"]),
        error=row["error"],
        created_at=from_ms(row["created_at"]),
        finished_at=maybe_instant(row["finished_at"]),
    )


def _values(message: Message) -> dict[str, object]:
    return {
        "purpose": message.purpose.value,
        "recipient": message.recipient,
        "sender": message.sender,
        "reply_to": message.reply_to,
        "subject": message.subject,
        "body_text": message.text,
        "body_html": message.html,
        "secret": message.secret,
        "urgent": int(message.urgent),
        "expires_at": maybe_ms(message.expires_at),
        "attachment_name": message.attachment_name,
        "attachment_sha256": message.attachment_sha256,
        "user_id": message.user_id,
        "account_id": message.account_id,
        "invoice_id": message.invoice_id,
        "mailing_id": message.mailing_id,
    }


_COLUMNS = (
    "purpose",
    "recipient",
    "sender",
    "reply_to",
    "subject",
    "body_text",
    "body_html",
    "secret",
    "urgent",
    "expires_at",
    "attachment_name",
    "attachment_sha256",
    "user_id",
    "account_id",
    "invoice_id",
    "mailing_id",
)


def _refuse_breaks(text: str) -> None:
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise NotOneLine(repr(text))


def _message_id(sender: str) -> str:
    """A name that nobody can guess, in the sender's domain; the same at every try."""
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"{secrets.token_hex(16)}@{domain.encode('idna').decode() if not domain.isascii() else domain}"

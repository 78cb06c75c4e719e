"""MIME: a queued message as the bytes that are sent: text, HTML, PDF, in seven bits that every server takes."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import idna

from store.outbox import Queued

_SEVEN_BITS = policy.SMTP.clone(cte_type="7bit")
_UTF8_HEADERS = policy.SMTPUTF8.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a mail server is given: addresses as SMTP writes them, and the message."""

    sender: str
    recipient: str
    message_id: str
    body: bytes
    needs_utf8: bool
    """An address has letters beyond ASCII before its @: only a server with SMTPUTF8 can take it."""


class NotSendable(ValueError):
    """A message that no server could be given; the text says why."""


def envelope_of(queued: Queued, attachment: bytes | None, now: datetime, *, bounces: str = "") -> Envelope:
    """The envelope and bytes of a message; `bounces` is where refusals go, where it is not the sender."""
    message = queued.message
    sender, reply_to = _addresses(message.sender), _addresses(message.reply_to)
    recipient = _addresses(message.recipient)
    if len(sender) != 1 or len(recipient) != 1:
        raise NotSendable("needs one sender and one recipient")
    envelope_sender = _ascii_domain(bounces) if bounces else sender[0].addr_spec
    addresses = (envelope_sender, *(address.addr_spec for address in (*sender, *reply_to, *recipient)))
    needs_utf8 = not all(address.isascii() for address in addresses)
    mail = EmailMessage(policy=_UTF8_HEADERS if needs_utf8 else _SEVEN_BITS)
    mail["From"] = sender
    mail["To"] = recipient
    if reply_to:
        mail["Reply-To"] = reply_to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{queued.message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    if attachment is not None:
        mail.add_attachment(
            attachment, maintype="application", subtype="pdf", filename=message.attachment_name
        )
    return Envelope(envelope_sender, recipient[0].addr_spec, queued.message_id, mail.as_bytes(), needs_utf8)


def _addresses(text: str) -> tuple[Address, ...]:
    """The addresses of a stored header text, their domains in ASCII."""
    if not text:
        return ()
    header = EmailMessage(policy=policy.SMTPUTF8)
    header["To"] = text
    found: tuple[Address, ...] = header["To"].addresses
    return tuple(_address(address.display_name, _ascii_domain(address.addr_spec)) for address in found)


def _address(name: str, spec: str) -> Address:
    local, _, domain = spec.rpartition("@")
    if not local or not domain:
        raise NotSendable("needs one sender and one recipient")
    return Address(name, username=local, domain=domain)


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise NotSendable(f"{domain} is not a domain: {error}") from error

"""Letter: a mail in words, as plain text and as HTML, made of one content by two templates."""

import textwrap
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypedDict, Unpack

from jinja2 import Environment, PackageLoader, StrictUndefined

from portal.mail.letterhead import Letterhead
from portal.mail.plain import MAX_WORDS, one_line
from portal.mail.sender import Sender
from portal.rendering import speak
from portal.theme import theme_of
from store.outbox import Message, Purpose

WIDTH = 72
"""Of plain text; a link is never broken."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a mail leads: words, and an address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says, in the order in which it is read; every text is plain."""

    subject: str
    title: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    code: str = ""
    action: Link | None = None
    notes: tuple[str, ...] = ()
    """What follows the link: how long it lasts, what to do when something is wrong."""
    invitation: "Invitation | None" = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """The line of a mailed invoice that says how to reach the portal and how to register."""

    sentence: str
    register: Link


class About(TypedDict, total=False):
    """What a message belongs to, and what is attached to it."""

    expires_at: datetime | None
    attachment_name: str
    attachment_sha256: bytes | None
    user_id: int | None
    account_id: int | None
    invoice_id: int | None
    mailing_id: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail, before it has an address."""

    purpose: Purpose
    subject: str
    text: str
    html: str
    secret: str = ""
    urgent: bool = False

    def to(self, recipient: str, sender: Sender, **about: Unpack[About]) -> Message:
        """The message for one recipient, ready for `store.outbox.put`."""
        return Message(
            purpose=self.purpose,
            recipient=recipient,
            sender=sender.sender,
            reply_to=sender.reply_to,
            subject=self.subject,
            text=self.text,
            html=self.html,
            secret=self.secret,
            urgent=self.urgent,
            **about,
        )


def render(
    head: Letterhead, purpose: Purpose, content: Content, *, secret: str = "", urgent: bool = False
) -> Letter:
    """A content on a letterhead; `secret` is the one-time token or code that is within it."""
    context = {"head": head, "content": content, "theme": theme_of(head.colour)}
    return Letter(
        purpose=purpose,
        subject=one_line(content.subject, 200),
        text=_environment().get_template("letter.txt").render(context),
        html=_environment().get_template("letter.html").render(context),
        secret=secret,
        urgent=urgent,
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("portal", "templates/mail"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    speak(environment)
    environment.filters["wrapped"] = _wrapped
    environment.filters["line"] = lambda text: one_line(text, MAX_WORDS)
    return environment


def _wrapped(text: str) -> str:
    """A paragraph in lines of `WIDTH`; words longer than that, such as links, stay whole."""
    return textwrap.fill(one_line(text, 4 * MAX_WORDS), WIDTH, break_long_words=False, break_on_hyphens=False)

"""Rules: what several settings' forms ask of a text, in words."""

import unicodedata
from urllib.parse import urlsplit

from wtforms import Field, Form, ValidationError

from store import hostname
from store.hostname import NotAHostname

MAX_URL = 500


def lines(text: str | None) -> str:
    """A filter: composed Unicode, one kind of line break, no blanks at the ends of lines, no empty ends."""
    composed = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in composed.split("\n")).strip("\n")


def plain_lines(_form: Form, field: Field) -> None:
    """A validator: text on some lines, without control characters."""
    if any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in (field.data or "").replace("\n", "")):
        raise ValidationError(f"{field.label.text} must be plain text.")


def web_address(_form: Form, field: Field) -> None:
    """A validator: an address that a browser opens, or nothing."""
    if field.data and not is_web_address(field.data):
        raise ValidationError("Enter an address such as https://www.company.co.uk/terms.")


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https URL of a named host, without a user or blanks in it."""
    if len(text) > MAX_URL or not text.isprintable() or any(each in text for each in ' \\<>"'):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username is not None or not parts.hostname:
        return False
    return not isinstance(hostname.parse(parts.hostname), NotAHostname)

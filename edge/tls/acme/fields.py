"""Fields of the CA's JSON, read strictly: what is missing or of another type is AcmeMalformed."""

from collections.abc import Mapping
from datetime import UTC, datetime

from edge.tls.acme.errors import AcmeMalformed

Document = Mapping[str, object]


def text(document: Document, name: str) -> str:
    """A text that must be there."""
    value = maybe_text(document, name)
    if value is None:
        raise AcmeMalformed(f"the CA's answer has no {name!r}")
    return value


def maybe_text(document: Document, name: str) -> str | None:
    """A text, or None where the field is missing or null."""
    value = document.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise AcmeMalformed(f"{name!r} in the CA's answer is not text")


def texts(document: Document, name: str) -> tuple[str, ...]:
    """A list of texts; missing is empty."""
    values = document.get(name) or ()
    if isinstance(values, list | tuple) and all(isinstance(value, str) for value in values):
        return tuple(values)
    raise AcmeMalformed(f"{name!r} in the CA's answer is not a list of texts")


def objects(document: Document, name: str) -> tuple[Document, ...]:
    """A list of objects; missing is empty."""
    values = document.get(name) or ()
    if isinstance(values, list | tuple) and all(isinstance(value, dict) for value in values):
        return tuple(values)
    raise AcmeMalformed(f"{name!r} in the CA's answer is not a list of objects")


def member(document: Document, name: str) -> Document:
    """An object; missing is empty."""
    value = document.get(name) or {}
    if isinstance(value, dict):
        return value
    raise AcmeMalformed(f"{name!r} in the CA's answer is not an object")


def maybe_instant(document: Document, name: str) -> datetime | None:
    """An RFC 3339 instant in UTC, or None where the field is missing."""
    value = maybe_text(document, name)
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("no offset")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise AcmeMalformed(f"{name!r} in the CA's answer is not an instant: {error}") from error

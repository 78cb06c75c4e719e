"""Forms: posted fields for WTForms, and the rules that several forms share, in words."""

import asyncio
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from aiohttp import web
from multidict import MultiMapping
from wtforms import Field, Form, ValidationError

from portal.words import _, gettext, said

_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]+\.[^\s@.,;<>\"]{2,}\Z")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,}\Z")
MAX_EMAIL = 254
FORM_SECONDS = 30.0
"""A form that has not come after so long is not waited for."""


class Posted:
    """A posted form in the shape that WTForms asks for."""

    def __init__(self, fields: MultiMapping[Any]):
        self._fields = fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def getlist(self, name: str) -> list[str]:
        """The texts given for a field; an uploaded file is none."""
        return [value for value in self._fields.getall(name, []) if isinstance(value, str)]


async def posted(request: web.Request) -> Posted:
    """The fields of a request's form."""
    return Posted(await fields(request))


def text(form: MultiMapping[Any], name: str) -> str:
    """What was posted as text under a name; an uploaded file is none."""
    found = form.get(name, "")
    return found.strip() if isinstance(found, str) else ""


async def fields(request: web.Request) -> MultiMapping[Any]:
    """What was posted; 400 for what is no form, 408 for one that does not come, 411 and 413 for its size."""
    _check_size(request)
    try:
        async with asyncio.timeout(FORM_SECONDS):
            sent = await request.post()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.HTTPException, OSError):  # it is too large, or its sender has left
        raise
    except Exception as error:  # whatever aiohttp's parsers trip over: no charset, no boundary, no gzip
        raise web.HTTPBadRequest from error
    if not all(map(_is_text, (*sent, *sent.values()))):
        raise web.HTTPBadRequest
    return sent


def stripped(text: str | None) -> str:
    """A filter: no blanks around, composed Unicode."""
    return unicodedata.normalize("NFC", text or "").strip()


class AtMost:
    """A validator: no more than so many characters; `message` is marked, and may say `%(label)s` and `%(max)d`."""

    def __init__(self, most: int, message: str):
        self.most, self.message = most, message
        self.field_flags = {"maxlength": most}

    def __call__(self, _form: Form, field: Field) -> None:
        if len(field.data or "") > self.most:
            label = said(field.label.text)
            raise ValidationError(gettext(self.message, label=label, max=self.most))


def one_line(_form: Form, field: Field) -> None:
    """A validator: no line breaks or control characters."""
    if any(unicodedata.category(character) == "Cc" for character in field.data or ""):
        label = said(field.label.text)
        raise ValidationError(_("%(label)s must be one line of plain text.", label=label))


def email_address(_form: Form, field: Field) -> None:
    """A validator: an address that mail can be sent to."""
    if len(field.data) > MAX_EMAIL or not _EMAIL.match(field.data):
        raise ValidationError(_("Enter an e-mail address such as name@company.co.uk."))


def phone_number(_form: Form, field: Field) -> None:
    """A validator: a telephone number, or nothing."""
    if field.data and not _PHONE.match(field.data):
        raise ValidationError(_("Enter a telephone number such as 020 7946 0000 or +44 20 7946 0000."))


def _is_text(given: object) -> bool:
    """No half characters, which some charsets that a sender may name bring, and no store or mail takes."""
    return not isinstance(given, str) or not any("\ud800" <= character <= "\udfff" for character in given)


def _check_size(request: web.Request) -> None:
    """Before any of it is read: what stands before the first part of a form is not counted by who reads it."""
    size, most = request.content_length, request.client_max_size
    if size is None and request.body_exists:
        raise web.HTTPLengthRequired
    if size is not None and most and size > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=size)

"""Words: every text for people goes through `_`, `ngettext` or `N_`, so that it can be said in another language.

    _("Due by %(day)s", day=...)                       a sentence with what is filled in
    ngettext("%(num)d call", "%(num)d calls", count)   by number; `num` is filled in
    STATUS = {"due": N_("To pay")}                     marked where it stands, said by `_` where it is shown

Texts are written in British English, which is what is said where no other language is spoken. A percent sign of its
own is written twice. Templates have the same words (`portal.rendering`), where a value is escaped as it is filled in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations

from babel import Locale


@dataclass(frozen=True, slots=True)
class Language:
    """What texts are translated by, and how its people write dates and numbers."""

    tag: str
    """For `<html lang>` (BCP 47)."""
    locale: Locale
    translations: NullTranslations


BRITISH = Language("en-GB", Locale("en", "GB"), NullTranslations())
_spoken: ContextVar[Language] = ContextVar("language", default=BRITISH)


def language() -> Language:
    """The language that is spoken now."""
    return _spoken.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language within the block."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def N_(message: str) -> str:
    """Mark a text for translation where it stands; it is said later, by `_`."""
    return message


def gettext(message: str, /, **values: object) -> str:
    """A text in the language spoken, with its values filled in."""
    return said(message) % values


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """A text by number, with its values and `num` filled in."""
    return said_of(singular, plural, count) % ({"num": count} | values)


def said(message: str) -> str:
    """A text in the language spoken, nothing filled in yet; an empty one says nothing."""
    return language().translations.gettext(message) if message else ""


def said_of(singular: str, plural: str, count: int) -> str:
    """A text by number, nothing filled in yet."""
    return language().translations.ngettext(singular, plural, count)


_ = gettext

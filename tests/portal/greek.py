"""Greek: a made-up language in which every Latin letter of a text is a Greek one, so that untranslated text stands out.

Placeholders, tags, entities and addresses stay; numbers and dates are those of Greece.
"""

import re
from contextvars import ContextVar
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest
from babel import Locale

from portal import words
from portal.words import Language

_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "αβψδεφγηιξκλμνοπϙρστθωςχυζΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠϘΡΣΤΘΩϚΧΥΖ",
)
_KEPT = re.compile(r"%\(\w+\)[sd]|%%|<[^>]*>|&\w+;|https?://\S+|\S+@\S+")
_WORD = re.compile(r"[A-Za-z]{2,}")
_ALLOWED = re.compile(
    r"https?://\S+"
    r"|[\w.+…-]*@[\w.-]+"  # an e-mail address
    r"|\b[\w-]+(\.[\w-]+)*\.(example|co\.uk)\b[\w/-]*"  # a host
    r"|\b[\w-]+\.(csv|pdf|zip)\b"
    r"|\b[A-Z2-7]{4}( [A-Z2-7]{4})+\b|\b[A-Z2-7]{32}\b"  # the key of an authenticator app
    r"|\b(GBP|GMT|BST|kB|MB|GB|TB)\b"
)
_READ_OUT = ("alt", "title", "placeholder", "aria-label", "data-copied", "summary")


def greek(text: str) -> str:
    """A text in the made-up language."""
    kept, place = [], 0
    for found in _KEPT.finditer(text):
        kept += [text[place : found.start()].translate(_LETTERS), found[0]]
        place = found.end()
    return "".join([*kept, text[place:].translate(_LETTERS)])


class Greek(NullTranslations):
    """Says every text in the made-up language."""

    def gettext(self, message: str) -> str:
        return greek(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return greek(msgid1 if n == 1 else msgid2)


GREEK = Language("el", Locale("el", "GR"), Greek())


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is said, in whichever task, is said in the made-up language."""
    monkeypatch.setattr(words, "_spoken", ContextVar("language", default=GREEK))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent = tag
        given = dict(attrs)
        self.texts += [value for name in _READ_OUT if (value := given.get(name))]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.texts.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def left_in_latin(text: str) -> list[str]:
    """The pieces of a text that nobody translated."""
    return [piece.strip() for piece in text.splitlines() if _WORD.search(_ALLOWED.sub(" ", piece))]


def left_on_page(html: str) -> list[str]:
    """The pieces of a page, and of what is read out of it, that nobody translated."""
    reader = _Reader()
    reader.feed(html)
    return [piece for text in reader.texts for piece in left_in_latin(text)]

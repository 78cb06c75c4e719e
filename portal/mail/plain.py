"""Plain text: names and words of others, made safe for a header and a sentence.

They come from CSV files, forms and other servers, and may hold line breaks, escape sequences and marks that turn
the direction of the text.
"""

import re
import unicodedata

MAX_NAME = 100
MAX_WORDS = 500
_JOINERS = "\u200c\u200d"
"""Part of the spelling in some scripts, though they are format characters."""
_UNWANTED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_AT_SIGNS = re.compile(r"\s*[@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]\s*")
_SPECIALS = re.compile(r'[<>"\\]')


def one_line(text: str, most: int = MAX_NAME) -> str:
    """The text on one line, without control characters, cut where it is longer than `most`."""
    shown = "".join(
        character if character in _JOINERS or unicodedata.category(character) not in _UNWANTED else " "
        for character in unicodedata.normalize("NFC", text)
    )
    line = " ".join(shown.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def display_name(text: str) -> str:
    """A name for a From line: it cannot hold an address, nor end the name and begin one."""
    return one_line(_SPECIALS.sub("", _AT_SIGNS.sub(" at ", text)))

"""Typeface: the letters of made PDFs, what they can write, and how wide it comes out.

DejaVu Sans Condensed is embedded, a subset of it in each PDF (8 kB): the fonts that every reader of PDF has know
Latin-1 only, and customers are called Łódź Café. What it lacks (Chinese, Arabic, emoji) becomes a box, and
`Words.lost` lets the letter say so.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fpdf import FPDF
from fpdf.fonts import TTFFont

FAMILY = "letters"
BOX = "\N{WHITE SQUARE}"
_FILES = {False: "DejaVuSansCondensed.ttf", True: "DejaVuSansCondensed-Bold.ttf"}
_UNSEEN = {"Cc", "Cf", "Cs"}
_BREAKS = {"\t", "\n", "\v", "\f", "\r", "\x85", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"}


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text in letters that the typeface has; `lost`: a box stands for some."""

    text: str
    lost: bool


@dataclass(frozen=True, slots=True)
class Face:
    """One weight: its file, and the advance of each letter in thousandths of the size."""

    path: Path
    advances: dict[str, float]

    def width(self, text: str, size: float) -> float:
        """How wide a text comes out, in points."""
        return sum(self.advances[letter] for letter in text) * size / 1000

    def wrapped(self, text: str, size: float, width: float) -> list[str]:
        """The text in lines that fit, broken at blanks, or anywhere in a word that is too long."""
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.width(longer, size) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = self._chopped(word, size, width)
            lines += full
        return [*lines, line]

    def _chopped(self, word: str, size: float, width: float) -> list[str]:
        pieces, piece, taken = [], "", 0.0
        for letter in word:
            advance = self.width(letter, size)
            if piece and taken + advance > width:
                pieces.append(piece)
                piece, taken = "", 0.0
            piece, taken = piece + letter, taken + advance
        return [*pieces, piece]


@lru_cache(maxsize=2)
def face(bold: bool = False) -> Face:
    """The typeface in one weight; its file is read once."""
    path = Path(str(files("portal").joinpath("fonts", _FILES[bold])))
    with opened(path) as pdf:
        font = pdf.fonts[FAMILY]
        assert isinstance(font, TTFFont)
        return Face(path, {chr(code): float(font.cw[code]) for code in font.cmap})


@contextmanager
def opened(regular: Path, bold: Path | None = None) -> Iterator[FPDF]:
    """An empty file that may be written with these; their files are closed again, which fpdf2 leaves to chance."""
    pdf = FPDF(unit="pt", format="A4")
    try:
        for style, path in (("", regular), ("B", bold)):
            if path:
                pdf.add_font(FAMILY, style, path)
        yield pdf
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


def words(text: str) -> Words:
    """A text as one line: composed, blanks for breaks, nothing unseen, a box for what cannot be written."""
    written = [_written(letter) for letter in unicodedata.normalize("NFC", text)]
    return Words("".join(BOX if one is None else one for one in written), None in written)


@lru_cache(maxsize=4096)
def _written(letter: str) -> str | None:
    """What stands for a letter: itself, nothing where it is not to be seen, a plainer form; None: a box."""
    if letter in _BREAKS:
        return " "
    if letter == "\N{SOFT HYPHEN}" or unicodedata.category(letter) in _UNSEEN:
        return ""
    plainer = unicodedata.normalize("NFKC", letter)
    return next((form for form in (letter, plainer) if all(map(_is_known, form))), None)


def _is_known(letter: str) -> bool:
    return letter in face().advances and letter in face(bold=True).advances

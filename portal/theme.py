"""Theme: an organisation's colour as the accent tokens of a light and a dark page, contrast repaired.

The hue stays; the lightness (OKLCH) moves only as far as WCAG 2.2 asks. Three shades come of each colour:

    accent           fills of buttons and bars    3 : 1 against every surface
    accent-contrast  text on the accent           4.5 : 1 against it
    accent-ink       links and other text         4.5 : 1 against every surface
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NewType

from coloraide import Color as Shade

Colour = NewType("Colour", str)
"""`#RRGGBB` in capitals; made by `parse_colour` only."""

DEFAULT = Colour("#1F5FA8")
TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0

LIGHT_SURFACES = ("#FFFFFF", "#F5F6F7")
DARK_SURFACES = ("#101316", "#191D21")
"""Card and page of app.css, in which text and controls must show."""

_HEX = re.compile(r"#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})\Z")
_STEP = 0.005


@dataclass(frozen=True, slots=True)
class NotAColour:
    """Why a text is not a colour."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The accent's shades on one background; `moved` when the fill is not the colour asked for."""

    accent: Colour
    contrast: Colour
    ink: Colour
    moved: bool


@dataclass(frozen=True, slots=True)
class Theme:
    """A colour and what became of it on light and on dark pages."""

    asked: Colour
    light: Tokens
    dark: Tokens

    @property
    def moved(self) -> bool:
        return self.light.moved or self.dark.moved


def parse_colour(text: str) -> Colour | NotAColour:
    """A colour that a person typed: `#1F5FA8`, `1f5fa8` or `#abc`."""
    match = _HEX.match(text.strip())
    if match is None:
        return NotAColour(text, "write the colour as # and six digits, such as #1F5FA8")
    digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
    return Colour(f"#{digits.upper()}")


@lru_cache(maxsize=1024)
def theme_of(colour: Colour) -> Theme:
    """The shades of a colour that meet the contrasts on every surface."""
    return Theme(colour, _tokens(colour, LIGHT_SURFACES, -_STEP), _tokens(colour, DARK_SURFACES, _STEP))


@lru_cache(maxsize=1024)
def style_sheet(colour: Colour) -> str:
    """The organisation's own style sheet: nothing but the accent tokens."""
    theme = theme_of(colour)
    return (
        f":root{{{_declarations(theme.light)}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{_declarations(theme.dark)}}}}}\n"
    )


@lru_cache(maxsize=1024)
def fingerprint(colour: Colour) -> str:
    """A name of the sheet's content, for its URL."""
    return hashlib.sha256(style_sheet(colour).encode()).hexdigest()[:12]


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast of two colours, 1 to 21."""
    return float(Shade(one).contrast(other, method="wcag21"))


def _tokens(colour: Colour, surfaces: tuple[str, ...], step: float) -> Tokens:
    accent = _moved_until(colour, surfaces, CONTROL_CONTRAST, step)
    white = contrast(accent, "#FFFFFF") >= TEXT_CONTRAST
    return Tokens(
        accent=accent,
        contrast=Colour("#FFFFFF" if white else "#000000"),
        ink=_moved_until(colour, surfaces, TEXT_CONTRAST, step),
        moved=accent != colour,
    )


def _moved_until(colour: Colour, surfaces: tuple[str, ...], wanted: float, step: float) -> Colour:
    shade, moved = Shade(colour).convert("oklch"), colour
    while min(contrast(moved, surface) for surface in surfaces) < wanted:
        shade["lightness"] += step
        moved = _hex(shade)
    return moved


def _hex(shade: Shade) -> Colour:
    fitted = shade.convert("srgb").fit("srgb", method="oklch-chroma")
    return Colour(fitted.to_string(hex=True).upper())


def _declarations(tokens: Tokens) -> str:
    return f"--accent:{tokens.accent};--accent-contrast:{tokens.contrast};--accent-ink:{tokens.ink}"

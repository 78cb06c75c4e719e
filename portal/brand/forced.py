"""Forced: a page and its sheets as they look in one theme, whatever the device is set to; pure."""

import re
from enum import StrEnum

_DARK = re.compile(r"screen and \(prefers-color-scheme: ?dark\)")
_BOTH = re.compile(r"light dark")
_SCRIPTS = re.compile(r"<script\b[^>]*></script>")
_PATHS = re.compile(r'(\b(?:href|src|action|srcset)=")(/[^"]*)')


class Theme(StrEnum):
    """As a device may ask for it."""

    LIGHT = "light"
    DARK = "dark"


def sheet(text: str, theme: Theme) -> str:
    """A style sheet, or what of a page asks for the theme."""
    there = "screen" if theme is Theme.DARK else "not all"
    return _BOTH.sub(theme.value, _DARK.sub(there, text), count=1)


def page(text: str, theme: Theme, root: str) -> str:
    """A page whose paths lead on below `root`, whose forms only ask, and which runs nothing."""
    onward = _PATHS.sub(lambda found: f"{found[1]}{root}{found[2]}", sheet(text, theme))
    return _SCRIPTS.sub("", onward).replace('method="post"', 'method="get"')

"""Devices: what a browser says of itself, as people would say it."""

from portal.words import N_, _, said

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that fits; most browsers name others too."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)

UNKNOWN = N_("An unknown browser")
_ON = " on "


def words(agent: str) -> str:
    """A browser and what it runs on, without versions, such as Firefox on Windows."""
    browser = _named(agent, _BROWSERS)
    system = _named(agent, _SYSTEMS)
    if browser and system:
        return f"{browser}{_ON}{system}"
    return browser or system or UNKNOWN


def shown(text: str) -> str:
    """What `words` made of a browser, in the language spoken; it is kept as it is."""
    browser, on, system = text.partition(_ON)
    return _("%(browser)s on %(system)s", browser=browser, system=system) if on else said(text)


def shown_of(agent: str) -> str:
    """A browser by what it says of itself, in the language spoken."""
    return shown(words(agent))


def _named(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in agent), "")

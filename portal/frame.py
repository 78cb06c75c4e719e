"""Frame: what surrounds every page: the brand, the sections, who is signed in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the menu."""

    label: str
    url: str
    current: bool
    count: int = 0
    """How much waits there."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the footer; a link where it has an address."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """The context `frame` of layout.html; a page without a brand carries no trace of an organisation."""

    brand: str | None = None
    home: str = "/"
    theme_url: str | None = None
    icon_url: str | None = None
    sections: tuple[Section, ...] = ()
    inner_label: str = ""
    inner: tuple[Section, ...] = ()
    """A second menu, within what the first one leads to."""
    who: str | None = None
    who_detail: str = ""
    choose_url: str | None = None
    sign_out_url: str | None = None
    csrf: str = ""
    contact: tuple[Line, ...] = ()
    links: tuple[Line, ...] = ()
    off: frozenset[str] = frozenset()
    """The sections that are switched off, by name: nothing leads to them."""
    security_url: str | None = None
    viewing_until: str = ""
    """Staff look as this customer, until this time of day."""
    may_register: bool = False
    """Customers may let themselves in."""

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
class Logo:
    """A picture of the organisation's, in CSS pixels: half of its own, for it is kept twice as large."""

    url: str
    width: int
    height: int

    @property
    def is_mark(self) -> bool:
        """About as wide as high: a mark, beside which the name stands, not one that holds the name."""
        return self.width < 1.6 * self.height


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
    favicon_url: str | None = None
    """The organisation's own icon, in place of ours; `touch_icon_url` is the large one, for home screens."""
    touch_icon_url: str | None = None
    logo_light: Logo | None = None
    logo_dark: Logo | None = None
    """For dark pages; without it the one for light pages stands on a light ground there."""
    sign_in_headline: str = ""
    sign_in_text: str = ""
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

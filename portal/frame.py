"""Frame: what surrounds every page: the brand, the sections, who is signed in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the menu."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The context `frame` of layout.html; a page without a brand carries no trace of an organisation."""

    brand: str | None = None
    home: str = "/"
    theme_url: str | None = None
    icon_url: str | None = None
    sections: tuple[Section, ...] = ()
    who: str | None = None
    who_detail: str = ""
    choose_url: str | None = None
    sign_out_url: str | None = None
    csrf: str = ""
    contact: tuple[str, ...] = ()

"""Dress: what of an organisation's brand surrounds its pages, for the frame."""

from typing import TypedDict

from portal.frame import Logo
from store.brand import Brand
from store.images import LARGE_ICON, LOGO, SMALL_ICON, Picture


class Dress(TypedDict):
    """Some fields of `portal.frame.Frame`."""

    logo_light: Logo | None
    logo_dark: Logo | None
    favicon_url: str | None
    touch_icon_url: str | None
    sign_in_headline: str
    sign_in_text: str


def dressed(brand: Brand) -> Dress:
    """Logos, icons and texts; a logo for dark pages alone is none."""
    icon = brand.favicon
    return Dress(
        logo_light=_logo(brand.logo_light),
        logo_dark=_logo(brand.logo_dark) if brand.logo_light else None,
        favicon_url=picture_url(icon.sha256, SMALL_ICON) if icon else None,
        touch_icon_url=picture_url(icon.sha256, LARGE_ICON) if icon else None,
        sign_in_headline=brand.portal.sign_in_headline,
        sign_in_text=brand.portal.sign_in_text,
    )


def picture_url(digest: str, rendition: str) -> str:
    """Where a picture is served; its content is its name, so it may be kept for ever."""
    return f"/brand/{digest}/{rendition}.png"


def _logo(picture: Picture | None) -> Logo | None:
    if picture is None:
        return None
    return Logo(picture_url(picture.sha256, LOGO), (picture.width + 1) // 2, (picture.height + 1) // 2)

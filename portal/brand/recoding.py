"""Recoding: an uploaded picture is decoded and made anew, as PNG of our sizes; nothing but its pixels stays.

Pure, and meant for a process of its own (`portal.brand.recoder`): what decodes a stranger's file may be broken by it.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from portal.brand.limits import (
    ICON_SIDES,
    LARGEST_PIXELS,
    LARGEST_SIDE,
    LOGO_BOX,
    SMALLEST_SIDE,
    Kind,
)
from store.images import LOGO, Rendition

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_SVG_WITHIN = 4096


@dataclass(frozen=True, slots=True)
class NotAPicture:
    """Why a file is not taken, as a sentence."""

    reason: str


EMPTY = NotAPicture("The file is empty.")
SVG = NotAPicture(
    "SVG files can hold programs, so we do not take them. Export the logo as PNG, at least 560 pixels wide."
)
UNKNOWN = NotAPicture("This is no PNG, JPEG, WebP or GIF. Export the picture as PNG and upload that.")
DAMAGED = NotAPicture("The file is damaged: it cannot be read to its end. Export the picture again.")
_MOST = f"At most {LARGEST_SIDE} a side and {LARGEST_PIXELS // 10**6} million in all are taken."
BOMB = NotAPicture(f"The picture has too many pixels. {_MOST}")
BLANK = NotAPicture("The picture is wholly transparent.")


def recoded(file: bytes, kind: Kind) -> tuple[Rendition, ...] | NotAPicture:
    """The picture in the sizes that its kind is shown in; the first frame of one that moves."""
    if not file:
        return EMPTY
    try:
        with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
            if refused := _refused(*opened.size):
                return refused
            opened.load()
            image = _upright(opened)
    except Image.DecompressionBombError:
        return BOMB
    except UnidentifiedImageError:
        return SVG if _is_svg(file) else UNKNOWN
    except Exception:  # whatever a decoder trips over in a file that is not as it says
        return DAMAGED
    box = image.getchannel("A").getbbox()
    if box is None:
        return BLANK
    trimmed = image.crop(box)
    if kind is Kind.FAVICON:
        return tuple(_icon(trimmed, side) for side in ICON_SIDES)
    return (_logo(trimmed),)


def _refused(width: int, height: int) -> NotAPicture | None:
    size = f"The picture is {width} by {height} pixels"
    if width > LARGEST_SIDE or height > LARGEST_SIDE or width * height > LARGEST_PIXELS:
        return NotAPicture(f"{size}. {_MOST}")
    if min(width, height) < SMALLEST_SIDE:
        return NotAPicture(f"{size}. At least {SMALLEST_SIDE} a side are needed.")
    return None


def _upright(opened: Image.Image) -> Image.Image:
    """Eight bits of red, green, blue and alpha, turned as the camera says."""
    turned = ImageOps.exif_transpose(opened)
    if profile := opened.info.get("icc_profile"):
        turned = _in_srgb(turned, profile)
    if turned.mode.startswith("I"):  # 16 bits of grey: a plain conversion would cut them off at 255
        turned = turned.convert("I").point(lambda grey: grey / 256).convert("L")
    return turned.convert("RGBA")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours as the file's profile means them, since it does not go along; a broken one is passed by."""
    plain = image if image.mode in ("RGB", "CMYK") else image.convert("RGBA")
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        bands = plain if plain.mode == "CMYK" else plain.convert("RGB")
        meant = ImageCms.profileToProfile(bands, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    assert meant is not None
    meant.info.pop("icc_profile", None)
    if plain.mode == "RGBA":
        meant.putalpha(plain.getchannel("A"))
    return meant


def _logo(image: Image.Image) -> Rendition:
    width, height = (2 * side for side in LOGO_BOX)
    image.thumbnail((width, height), Image.Resampling.LANCZOS)
    return _rendition(LOGO, image)


def _icon(image: Image.Image, side: int) -> Rendition:
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    square = Image.new("RGBA", (side, side))
    place = ((side - size[0]) // 2, (side - size[1]) // 2)
    square.paste(image.resize(size, Image.Resampling.LANCZOS), place)
    return _rendition(str(side), square)


def _rendition(name: str, image: Image.Image) -> Rendition:
    """A new image of the pixels alone: no profile, no text, no date of the file's goes along."""
    bare = Image.frombytes("RGBA", image.size, image.tobytes())
    sink = io.BytesIO()
    bare.save(sink, "PNG", optimize=True)
    return Rendition(name, bare.width, bare.height, sink.getvalue())


def _is_svg(file: bytes) -> bool:
    head = file[:_SVG_WITHIN].lower()
    return b"<svg" in head or file[:2] == b"\x1f\x8b"

"""Limits: what may be uploaded as a picture, and how large what we make of it is."""

from enum import StrEnum

LARGEST_BYTES = 4 * 2**20
"""Of an uploaded file."""
LARGEST_SIDE = 8000
LARGEST_PIXELS = 24_000_000
"""Width times height, known before anything is decoded: a decompression bomb is refused unopened."""
SMALLEST_SIDE = 16
SECONDS = 15.0
"""A picture that is not made after so long never will be."""
CPU_SECONDS = 10
MEMORY_BYTES = 2**30
"""Address space of the process that decodes; the largest picture takes a third of it."""

LOGO_BOX = (280, 64)
"""The largest that a page shows a logo, in CSS pixels; it is kept twice as large, for sharp screens."""
ICON_SIDES = (180, 32)


class Kind(StrEnum):
    """What a picture is for, by the name of its setting."""

    LOGO_LIGHT = "logo_light"
    LOGO_DARK = "logo_dark"
    FAVICON = "favicon"

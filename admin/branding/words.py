"""Words: what stands in the way of a draft, and what its pictures are called; pure."""

from dataclasses import dataclass

from portal.brand.limits import LARGEST_BYTES, LOGO_BOX, Kind
from store.brand_drafts import Gone, Moved

GONE = (
    "The draft that this page showed is no longer there: it was published or discarded meanwhile."
    " Nothing of yours is saved yet. What you entered is below; save it to begin a new draft."
)
NOTHING_THERE = (
    "There is no draft any more: it was published or discarded meanwhile. This is how things stand now."
)
TOO_LARGE = (
    f"The file is larger than {LARGEST_BYTES >> 20} MiB. Export the picture smaller, and upload it again."
)
NO_FILE = "Choose a file to upload."


@dataclass(frozen=True, slots=True)
class Slot:
    """A picture that there may be."""

    kind: Kind
    label: str
    hint: str


SLOTS = (
    Slot(
        Kind.LOGO_LIGHT,
        "Logo for light pages",
        f"At the top of every page, at most {LOGO_BOX[0]} by {LOGO_BOX[1]} pixels on screen; {2 * LOGO_BOX[0]} pixels"
        " wide are best. One about as wide as high has your name beside it; a wider one stands in its place.",
    ),
    Slot(
        Kind.LOGO_DARK,
        "Logo for dark pages",
        "For customers whose device is set to dark. Without it, the logo for light pages stands on a white ground.",
    ),
    Slot(Kind.FAVICON, "Icon", "In the tab of the browser and on home screens. Square, 180 pixels or more."),
)


def in_the_way(found: Gone | Moved) -> str:
    """Why a draft was neither published nor discarded."""
    if isinstance(found, Gone):
        return NOTHING_THERE
    return (
        f"{found.changed_by} changed the draft after this page was opened."
        " Nothing was done. Look at it as it is now, and decide again."
    )
